import type { TailEntry } from '../../../packages/client/src/types.ts';
import { filterOf, selectionOf, unionOf } from '../../../packages/web/src/live/filter.ts';
import { Leader } from '../../../packages/web/src/live/leader.ts';
import { LiveTab } from '../../../packages/web/src/live/live-tab.ts';
import type { Bus, Election, LiveNote, Message } from '../../../packages/web/src/live/messages.ts';
import { type LiveQuestion, placeAt } from '../../../packages/web/src/live/question.ts';
import type { StreamPorts } from '../../../packages/web/src/live/stream.ts';
import { parsePosition, printPosition } from '../../../src/live/position.ts';
import { FakeClock } from '../../support/fake-clock.ts';

/** What a stream is asked for, while it is open. */
export interface OpenStream {
  readonly q: string;
  readonly after: string;
  wake: () => void;
}

type Note = Parameters<NonNullable<Parameters<StreamPorts['tail']>[1]['onNote']>>[0];

/** A server whose order has every entry at a second of its own: the place of one is its number. */
export class FakeServer {
  readonly clock: FakeClock;
  readonly entries: TailEntry[] = [];
  readonly open = new Set<OpenStream>();
  /** The most that were open at once, and how many there were. */
  most = 0;
  opened = 0;
  refusal: Error | undefined;
  counted = 0;
  notes: Note[] = [];
  /** What it says first to whoever opens a stream. */
  atOpening: readonly Note[] = [];

  constructor(clock: FakeClock) {
    this.clock = clock;
  }

  /** Publishes a line of a service. */
  publish(service: string): TailEntry {
    const n = this.entries.length + 1;
    const timestamp = `2026-11-30T12:00:00.${String(n).padStart(6, '0')}Z`;
    const entry: TailEntry = {
      ...{ id: `id-${n}`, event_id: `e-${n}`, service_name: service, severity: 'info', timestamp },
      payload: `line ${n}`,
      tags: { n },
    };
    this.entries.push(entry);
    this.#wake();
    return entry;
  }

  say(note: Note): void {
    this.notes.push(note);
    this.#wake();
  }

  #wake(): void {
    for (const { wake } of this.open) wake();
  }

  ports(): StreamPorts {
    return {
      clock: this.clock,
      wallMs: () => this.clock.now(),
      tail: (question, options) => this.#tail(question, options),
      count: async () => this.counted,
    };
  }

  async *#tail(
    { q, tz, after }: { q: string; tz: string; after: string },
    { signal, onNote, onProgress }: Parameters<StreamPorts['tail']>[1],
  ): AsyncGenerator<TailEntry, void> {
    signal?.throwIfAborted();
    await Promise.resolve();
    if (this.refusal !== undefined) throw this.refusal;
    const isMatch = selectionOf({ q, tz, since: undefined, atMs: 0 });
    if (filterOf({ q, tz, since: undefined, atMs: 0 }) === undefined) throw new Error('a mistake');
    const stream: OpenStream = { q, after, wake: () => undefined };
    this.open.add(stream);
    this.opened += 1;
    this.most = Math.max(this.most, this.open.size);
    let at = parsePosition(after)?.serverMs ?? 0;
    let noted = this.notes.length;
    for (const note of this.atOpening) onNote?.(note);
    try {
      for (;;) {
        for (; noted < this.notes.length; noted += 1) onNote?.(this.notes[noted]!);
        for (; at < this.entries.length; at += 1) {
          const entry = this.entries[at]!;
          if (isMatch(entry)) yield entry;
          signal?.throwIfAborted();
        }
        onProgress?.({ position: placeOf(at) });
        if (at === this.entries.length && noted === this.notes.length)
          await new Promise<void>((resolve, reject) => {
            stream.wake = resolve;
            signal?.addEventListener('abort', () => reject(signal.reason as Error));
          });
        signal?.throwIfAborted();
      }
    } finally {
      this.open.delete(stream);
    }
  }
}

/** The place behind so many entries of the server. */
function placeOf(count: number): string {
  return printPosition({ entryId: undefined, epoch: 'run', sequence: count, serverMs: count });
}

/** A browser: its tabs hear each other a moment later, and hold one lock. */
export class FakeBrowser {
  readonly clock = new FakeClock();
  readonly server = new FakeServer(this.clock);
  readonly #ears = new Map<FakeTab, Set<(message: Message) => void>>();
  #holder: { readonly lose: AbortController; readonly free: PromiseWithResolvers<undefined> } | undefined;
  /** So many batches went from tab to tab. */
  batches = 0;

  tab(name: string): FakeTab {
    const tab: FakeTab = new FakeTab(name, this.clock, {
      bus: this.#busOf(() => tab),
      election: this.#election(() => tab),
      server: this.server,
    });
    return tab;
  }

  #busOf(tab: () => FakeTab): Bus {
    return {
      say: (message) => {
        if (tab().isFrozen) return;
        if (message.kind === 'batch') this.batches += 1;
        const copy = structuredClone(message);
        for (const [other, ears] of this.#ears)
          if (other !== tab())
            this.clock.schedule(1, () => {
              if (!other.isFrozen) for (const ear of [...ears]) ear(copy);
            });
        for (const ear of [...(this.#ears.get(tab()) ?? [])]) ear(message);
      },
      listen: (hear) => {
        const ears = this.#ears.get(tab()) ?? new Set();
        this.#ears.set(tab(), ears.add(hear));
        return () => ears.delete(hear);
      },
    };
  }

  #election(tab: () => FakeTab): Election {
    return {
      lead: async (isUrgent, signal) => {
        while (this.#holder !== undefined && !isUrgent) {
          await Promise.race([this.#holder.free.promise, abortedOf(signal), tab().crash]);
          signal.throwIfAborted();
          if (tab().isGone) await new Promise(() => undefined);
        }
        this.#holder?.lose.abort(new Error('stolen'));
        const mine = { lose: new AbortController(), free: Promise.withResolvers<undefined>() };
        this.#holder = mine;
        const release = () => {
          if (this.#holder === mine) this.#holder = undefined;
          mine.free.resolve(undefined);
        };
        void tab().crash.then(release);
        return { lost: mine.lose.signal, release };
      },
    };
  }
}

async function abortedOf(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
}

/** A tab, and what it was given. */
export class FakeTab {
  readonly seen: string[] = [];
  readonly notes: LiveNote[] = [];
  readonly states: string[] = [];
  again = 0;
  isFrozen = false;
  isGone = false;
  readonly #crash = Promise.withResolvers<undefined>();
  readonly #tab: LiveTab;
  readonly #server: FakeServer;
  readonly #dying = new AbortController();
  #leaders = 0;

  constructor(
    name: string,
    clock: FakeClock,
    { bus, election, server }: { bus: Bus; election: Election; server: FakeServer },
  ) {
    this.#server = server;
    const unite = async (questions: readonly LiveQuestion[]) => unionOf(questions);
    const lead = (signal: AbortSignal) => {
      const leader = new Leader({ ...server.ports(), bus, unite }, `${name}-${(this.#leaders += 1)}`);
      return leader.run(AbortSignal.any([signal, this.#dying.signal]));
    };
    const selection = async (question: LiveQuestion) => selectionOf(question);
    this.#tab = new LiveTab({ bus, election, clock, lead, selection }, name, {
      came: (entries, notes) => {
        this.seen.push(...entries.map(({ payload }) => payload));
        this.notes.push(...notes);
      },
      state: ({ kind }) => this.states.push(kind),
      again: () => (this.again += 1),
    });
  }

  get crash(): Promise<undefined> {
    return this.#crash.promise;
  }

  /** It asked for what is stored when so many were. */
  ask(q: string, stored = this.#server.entries.length): void {
    this.#tab.want({ q, tz: 'UTC', since: undefined, atMs: 0 }, placeAt(stored));
  }

  hide(): void {
    this.#tab.stop();
  }

  /** It comes back: from where it was. */
  show(q: string): void {
    this.#tab.want({ q, tz: 'UTC', since: undefined, atMs: 0 }, this.#tab.place);
  }

  tryNow(): void {
    this.#tab.tryNow();
  }

  /** It is gone, and says nothing of it: its connection is closed, its lock is free. */
  close(): void {
    this.isFrozen = true;
    this.isGone = true;
    this.#dying.abort(new Error('closed'));
    this.#crash.resolve(undefined);
  }
}
