import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Context } from '../context.ts';
import { PlainSink, type Sink } from './sink.ts';

/** Quits by itself if all fits on the screen, shows colours, and leaves what it showed. */
const USUAL_PAGER = 'less';
const LESS_OPTIONS = 'FRX';
/** What is written is UTF-8, also where the locale says nothing of it, as in most containers. */
const LESS_CHARSET = 'utf-8';

/** A program that shows text page by page. */
export interface Pager {
  /** As a shell takes it. */
  readonly command: string;
  /** Whether it can show colours. */
  readonly hasColors: boolean;
  /** Whether it can be told to begin at the end. */
  readonly isLess: boolean;
}

/**
 * The pager of whoever sits at the terminal: $PAGER, else `less`. Undefined if standard output is no
 * terminal, if PAGER is empty or `cat`, or if there is no such program.
 */
export function findPager({ env, stdout }: Pick<Context, 'env' | 'stdout'>): Pager | undefined {
  const { PAGER: command = USUAL_PAGER, TERM: terminal } = env;
  const [program = ''] = command.trim().split(/\s+/);
  if (stdout.isTTY !== true || terminal === 'dumb' || program === '' || program === 'cat') return undefined;
  if (spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program], { env }).status !== 0) return undefined;
  const isLess = /(^|\/)less$/.test(program);
  return { command, isLess, hasColors: isLess };
}

/** Begins where the newest is. */
const AT_END = '+G';

/** Where a pager begins. */
export interface PagerStart {
  readonly atEnd: boolean;
  /** Called before the pager takes the terminal. */
  readonly onOpen: () => void;
}

/** Shows text in a pager, which begins with the first text that is written. */
class PagerSink implements Sink {
  readonly #pager: Pager;
  readonly #context: Pick<Context, 'env' | 'stdout'>;
  readonly #start: PagerStart;
  #running: RunningPager | undefined;

  constructor(pager: Pager, context: Pick<Context, 'env' | 'stdout'>, start: PagerStart) {
    this.#pager = pager;
    this.#context = context;
    this.#start = start;
  }

  get hasTerminal(): boolean {
    return this.#running !== undefined && !this.#running.isClosed;
  }

  get isClosed(): boolean {
    return this.#running?.isClosed ?? false;
  }

  async write(text: string): Promise<void> {
    if (text === '') return;
    if (this.#running === undefined) {
      this.#start.onOpen();
      const atEnd = this.#start.atEnd && isTall(text, this.#context.stdout);
      this.#running = new RunningPager(this.#pager, this.#context, atEnd);
    }
    await this.#running.write(text);
  }

  async end(): Promise<void> {
    await this.#running?.end();
  }
}

/** Whether a text has more lines than the terminal: of what fits, `less` would begin at the bottom. */
function isTall(text: string, { rows = 0 }: Context['stdout']): boolean {
  return text.split('\n', rows + 1).length > rows;
}

class RunningPager {
  readonly #child: ChildProcess;
  readonly #input: Writable;
  readonly #closed: Promise<unknown>;
  isClosed = false;

  constructor({ command, isLess }: Pager, { env }: Pick<Context, 'env'>, atEnd: boolean) {
    const { LESS: lessOptions = LESS_OPTIONS, LESSCHARSET: charset = LESS_CHARSET } = env;
    const line = isLess && atEnd ? `${command} ${AT_END}` : command;
    this.#child = spawn(line, {
      shell: true,
      stdio: ['pipe', 'inherit', 'inherit'],
      env: { ...env, LESS: lessOptions, LESSCHARSET: charset },
    });
    if (this.#child.stdin === null) throw new Error('a pager without input');
    this.#input = this.#child.stdin;
    // Whoever leaves the pager wants no more: what is written then is for nobody.
    this.#input.on('error', () => {
      this.isClosed = true;
    });
    this.#closed = once(this.#child, 'close').then(() => {
      this.isClosed = true;
    });
  }

  async write(text: string): Promise<void> {
    if (this.isClosed || this.#input.write(text)) return;
    const waiting = new AbortController();
    const drained = once(this.#input, 'drain', { signal: waiting.signal }).catch(() => undefined);
    await Promise.race([drained, this.#closed]);
    waiting.abort();
  }

  async end(): Promise<void> {
    this.#input.end();
    await this.#closed;
  }
}

/** Standard output, or a pager where there is one. */
export function openSink(
  context: Pick<Context, 'env' | 'stdout'>,
  pager: Pager | undefined,
  start: PagerStart,
): Sink {
  return pager === undefined ? new PlainSink(context.stdout) : new PagerSink(pager, context, start);
}
