import type { Clock } from '../pipeline/ports.ts';
import { HISTORY_EPOCH } from './history.ts';
import type { Listener } from './hub.ts';
import { Opening, type OpeningParts } from './opening.ts';
import { printPosition } from './position.ts';
import { type QueueLimits, TailQueue } from './queue.ts';
import { type Start, startAfter } from './resume.ts';
import { placeBefore, readRing, type RingPlace } from './ring-reading.ts';
import { Sampler } from './sampling.ts';
import { Selection } from './selection.ts';
import type { EntryEvent, GapEvent, HeartbeatEvent, TailEvent } from './tail-event.ts';

/** What a heartbeat says, for everybody. */
export type Beat = Pick<HeartbeatEvent, 'time' | 'lagMs' | 'storedUpTo'>;

/** Rows that were shown from the database may come once more for so many heartbeats. */
const ROWS_KNOWN_BEATS = 30;

/** What a tail works with. */
export interface TailParts extends Omit<OpeningParts, 'history'> {
  readonly queue: QueueLimits;
  readonly clock: Clock;
  /** Milliseconds since 1970 up to which all has come that was published. */
  readonly upToMs: () => number;
  /** What a heartbeat says now. */
  readonly beat: () => Beat;
  /** Told what is shown, and left out because it is slow. */
  readonly counted: (entries: number, skipped: number) => void;
  /** Told that it is over. */
  readonly ended: () => void;
}

/** What one who reads is shown: history, what this server still has, then what comes. */
export class LiveTail implements Listener {
  readonly #parts: TailParts;
  readonly #queue: TailQueue;
  readonly #sampler: Sampler | undefined;
  readonly #start: Start;
  #opening: Opening | undefined;
  #beat: Beat | undefined;
  #beats = 0;
  #lastId: string | undefined;
  #isReady = false;
  #isOver = false;
  #wake: () => void = () => undefined;
  /** Absent until all is shown that came before. */
  #leave: (() => void) | undefined;

  constructor(parts: TailParts) {
    const { request, hub, queue, clock } = parts;
    const { maxRate, resume, history } = request;
    this.#parts = parts;
    this.#queue = new TailQueue(queue);
    this.#sampler = maxRate === undefined ? undefined : new Sampler(maxRate, () => clock.now());
    const mayOpen = resume === undefined || resume.epoch === HISTORY_EPOCH;
    if (mayOpen && history !== undefined) this.#opening = new Opening({ ...parts, history });
    this.#lastId = resume?.entryId;
    this.#start =
      resume === undefined || this.#opening !== undefined
        ? placeBefore(hub.ring, hub.ring.last + 1)
        : startAfter(resume, hub.epoch, hub.ring);
  }

  /** Reads what comes first. Rejects if it cannot be asked for. */
  async prepare(): Promise<void> {
    await this.#opening?.prepare();
  }

  /** All of it, for one who reads. Ends once `end` was called. */
  async *events(): AsyncGenerator<readonly TailEvent[]> {
    try {
      const start = this.#opening === undefined ? this.#start : yield* this.#open(this.#opening);
      yield* this.#catchUp(start);
      while (!this.#isOver) {
        const events = this.#take();
        if (events.length > 0) yield events;
        await this.#woken();
      }
    } finally {
      this.end();
    }
  }

  /** Idempotent. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#leave?.();
    this.#wake();
    this.#parts.ended();
  }

  offer(event: EntryEvent): void {
    if (this.#opening?.has(event.entryId) === true) return;
    if (this.#sampler?.passes(event) === false) return;
    const skipped = this.#queue.push(event);
    if (skipped > 0) this.#parts.counted(0, skipped);
  }

  offerGap(event: GapEvent): void {
    this.#queue.pushGap(event);
  }

  flush(): boolean {
    const isDue = this.#sampler?.isDue === true;
    if (!this.#queue.isEmpty || isDue) this.#ready();
    return this.#sampler?.isWaiting === true && !isDue;
  }

  /** Says that all is well. */
  heartbeat(beat: Beat): void {
    this.#beat = beat;
    // A history may take long. What is shown of it is needed afterwards.
    if (this.#leave !== undefined) this.#beats += 1;
    if (this.#beats > ROWS_KNOWN_BEATS) this.#opening = undefined;
    this.#ready();
  }

  async *#open(opening: Opening): AsyncGenerator<readonly TailEvent[], Start> {
    const shown = opening.events();
    for (;;) {
      const { value, done } = await shown.next();
      if (done === true) return value;
      if (this.#isOver) return this.#start;
      if (value.length > 0) yield this.#noted(value);
      // Where nothing is found for long, whoever reads hears that it is being looked for.
      if (this.#beat !== undefined) {
        yield [this.#heartbeat(this.#beat, opening.positionBehind(this.#lastId))];
      }
    }
  }

  /** Until it has all that there is, and is shown what comes. */
  async *#catchUp({ gap, ...start }: Start): AsyncGenerator<readonly TailEvent[]> {
    const { hub, request, breathe, beat } = this.#parts;
    const { filter, grant } = request;
    const selection = new Selection(filter, grant);
    if (gap !== undefined) yield [{ kind: 'gap', ...gap, position: this.#positionBefore(start.next) }];
    let place: RingPlace = start;
    while (!this.#isOver) {
      const part = readRing(hub, place, selection);
      place = part;
      const hasAll = part.next > hub.ring.last;
      // Now, and not after what is found is taken: nothing comes in between.
      if (hasAll) this.#leave = hub.join(this, filter, grant);
      const events = part.events.filter(
        (event) => event.kind !== 'entry' || this.#opening?.has(event.entryId) !== true,
      );
      if (hasAll) yield [...this.#noted(events), this.#heartbeat(beat(), this.#positionAt(part.next - 1))];
      else if (events.length > 0) yield this.#noted(events);
      if (hasAll) return;
      await breathe();
    }
  }

  #take(): readonly TailEvent[] {
    this.#isReady = false;
    const events = [...this.#noted(this.#queue.take())];
    if (this.#sampler?.isDue === true)
      events.push(this.#sampler.taken().event('sampled', this.#positionAt(this.#parts.hub.ring.last)));
    if (this.#beat !== undefined) events.push(this.#heartbeat(this.#beat));
    return events;
  }

  /** Remembers what was shown last. */
  #noted(events: readonly TailEvent[]): readonly TailEvent[] {
    const entries = events.filter((event) => event.kind === 'entry');
    this.#lastId = entries.at(-1)?.entryId ?? this.#lastId;
    if (entries.length > 0) this.#parts.counted(entries.length, 0);
    return events;
  }

  #heartbeat(beat: Beat, position = this.#positionAt(this.#parts.hub.ring.last)): HeartbeatEvent {
    this.#beat = undefined;
    return { kind: 'heartbeat', ...beat, position };
  }

  /** All was shown that is in the order up to here, which is all that came by now unless a time is given. */
  #positionAt(sequence: number, serverMs = this.#parts.upToMs()): string {
    const { epoch } = this.#parts.hub;
    return printPosition({ entryId: this.#lastId, epoch, sequence, serverMs });
  }

  /** What is in the order from here on is still to be shown: another server has to go back as far. */
  #positionBefore(next: number): string {
    return this.#positionAt(next - 1, this.#parts.hub.ring.at(next)?.place.receivedMs);
  }

  #ready(): void {
    this.#isReady = true;
    this.#wake();
  }

  async #woken(): Promise<void> {
    if (this.#isReady || this.#isOver) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }
}
