import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import { address, go } from '../address.ts';
import { histogram } from '../histogram.ts';
import { linesPane } from '../lines/lines.ts';
import { run, runAgain } from '../run.ts';
import { keepExpression } from './history.ts';

/** What is wrong with an expression, and where: UTF-16 offsets. */
export interface ExpressionMistake {
  readonly at: number;
  readonly length: number;
  readonly reason: string;
}

/** Who types goes on typing before a mistake is shown. */
const PAUSE_MS = 500;
/** How long an expression that is asked waits for what reads it here. */
const READER_WAIT_MS = 500;

const written = signal(address.peek().q);
const found = signal<(ExpressionMistake & { readonly of: string }) | undefined>(undefined);
let timer: ReturnType<typeof setTimeout> | undefined;

/** The expression as it is being written. */
export const draft: ReadonlySignal<string> = written;

/** What is wrong with it, as this page or the server reads it. */
export const mistake: ReadonlySignal<ExpressionMistake | undefined> = computed(() => {
  const text = written.value;
  if (found.value?.of === text) return found.value;
  if (run.value.q !== text) return undefined;
  const refused = [linesPane.problem.value, histogram.problem.value].find(
    (problem) => problem?.mistake?.parameter === 'q',
  );
  return refused?.mistake;
});

/** Writes on; what is wrong is shown after a while. */
export function write(text: string): void {
  written.value = text;
  clearTimeout(timer);
  if (text.trim() === '') return;
  timer = setTimeout(() => void mark(text, 'typing'), PAUSE_MS);
}

/** Asks what is written, or says what is wrong with it. */
export async function ask(text: string = written.peek()): Promise<void> {
  clearTimeout(timer);
  written.value = text;
  const q = text.trim();
  if (q === address.peek().q) {
    runAgain();
    return;
  }
  const waiting = new Promise<undefined>((done) => setTimeout(() => done(undefined), READER_WAIT_MS));
  const wrong = await Promise.race([q === '' ? undefined : mark(text, 'asked'), waiting]);
  if (wrong !== undefined || written.peek() !== text) return;
  keepExpression(q);
  goToExpression(q);
}

/** Asks for an expression that needs no reading. */
export function goToExpression(q: string): void {
  // Live, the range goes on from now; what ended earlier stays what is looked at.
  const { isLive, at } = address.peek();
  go({ q, entry: undefined, at: isLive ? undefined : at });
}

/** Asks for everything. */
export function clearExpression(): void {
  void ask('');
}

effect(() => {
  const { q } = address.value;
  // Whatever leads to another question, such as Back, changes what is written, too; who goes on writing does so.
  if (written.peek().trim() !== q) written.value = q;
});

/** Marks what is wrong. What cannot be read here is the server's to refuse. */
async function mark(text: string, when: 'typing' | 'asked'): Promise<ExpressionMistake | undefined> {
  const wrong = await read(text);
  const isUnfinished = wrong?.at === text.length && wrong.length === 0;
  const isShown = written.peek() === text && !(when === 'typing' && isUnfinished);
  if (isShown) found.value = wrong && { ...wrong, of: text };
  return wrong;
}

async function read(text: string): Promise<ExpressionMistake | undefined> {
  try {
    const { mistakeIn } = await import('./parsing.ts');
    const wrong = mistakeIn(text, { nowMs: Date.now(), zone: address.peek().tz });
    if (wrong === undefined) return undefined;
    const { at, length, message, expected } = wrong;
    return { at, length, reason: `${message} Expected ${expected}.` };
  } catch {
    // Not loaded, or a zone that there is not.
    return undefined;
  }
}
