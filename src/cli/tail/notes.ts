import type { FollowNote, OmissionNote } from '../../live/follow-ports.ts';
import type { EventRange } from '../../live/tail-event.ts';
import type { Clock } from '../../pipeline/ports.ts';
import type { ZoneClock } from '../../query/zone-clock.ts';
import { visible } from '../../text/visible.ts';
import { count as counted } from '../output/numbers.ts';

/** What is left out comes many times a second: it is told so often at most. */
const TOLD_EVERY_MS = 1_000;

/** At its beginning there is nearly always a moment that is looked up as soon as it is stored: no news. */
const OPENING_MS = 5_000;

type Omission = OmissionNote['kind'];

/** Says what happens to a tail, a line each. */
export class TailNotes {
  readonly #write: (line: string) => void;
  readonly #zone: ZoneClock;
  readonly #clock: Clock;
  readonly #omitted = new Map<Omission, number>();
  readonly #startMs: number;
  #cancel: (() => void) | undefined;
  /** Whether it was told that something may be missing. */
  #isWorried = false;

  constructor(write: (line: string) => void, zone: ZoneClock, clock: Clock) {
    this.#write = write;
    this.#zone = zone;
    this.#clock = clock;
    this.#startMs = clock.now();
  }

  tell(note: FollowNote): void {
    if (this.#isNoNews(note)) return;
    if (note.kind === 'gap' || note.kind === 'skipped') this.#isWorried = true;
    if (isOmission(note)) {
      this.#omitted.set(note.kind, (this.#omitted.get(note.kind) ?? 0) + note.count);
      this.#cancel ??= this.#clock.schedule(TOLD_EVERY_MS, () => {
        this.end();
      });
    } else this.#write(noteText(note, this.#zone));
  }

  #isNoNews(note: FollowNote): boolean {
    if (note.kind === 'gap') return this.#clock.now() - this.#startMs < OPENING_MS;
    return note.kind === 'filled' && note.count === 0 && !this.#isWorried;
  }

  /** Tells what was not told yet. */
  end(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    for (const [kind, count] of this.#omitted) this.#write(OMISSIONS[kind](counted(count)));
    this.#omitted.clear();
  }
}

function isOmission(note: FollowNote): note is OmissionNote {
  return note.kind === 'skipped' || note.kind === 'sampled';
}

const OMISSIONS: Readonly<Record<Omission, (count: string) => string>> = {
  skipped: (count) => `${count} skipped: they come faster than they are read here; they are looked up`,
  sampled: (count) => `${count} left out, for more than --max-rate came`,
};

function noteText(note: Exclude<FollowNote, OmissionNote>, zone: ZoneClock): string {
  switch (note.kind) {
    case 'reconnecting':
      return `${causeText(note.cause)}: trying again in ${seconds(note.inMs)}`;
    case 'reconnected':
      return 'connected again';
    case 'gap':
      return `some may be missing ${rangeText(note, zone)}: they are looked up, again once all is stored`;
    case 'filled':
      return `complete ${rangeText(note, zone)}: ${note.count === 0 ? 'nothing was missing' : `${counted(note.count)} were missing`}`;
    case 'incomplete':
      return `incomplete ${rangeText(note, zone)}: ${note.cause === undefined ? 'nothing more is being stored' : causeText(note.cause)}`;
    case 'behind':
      return note.lagMs === 0 ? 'no longer behind' : `${seconds(note.lagMs)} behind`;
  }
}

function causeText(cause: unknown): string {
  if (cause === undefined) return 'the tail has ended';
  return visible(cause instanceof Error ? cause.message : 'it failed');
}

function seconds(ms: number): string {
  return `${Math.max(1, Math.round(ms / 1_000))} s`;
}

/** By the clock; with the date where it is not the same day. */
function rangeText({ from, to }: EventRange, zone: ZoneClock): string {
  const [begin, end] = [from, to].map((time) =>
    zone.at(time.slice(0, -1).replace('T', ' ')).local.slice(0, 19),
  );
  const isOneDay = begin?.slice(0, 10) === end?.slice(0, 10);
  return `from ${begin ?? ''} to ${(isOneDay ? end?.slice(11) : end) ?? ''}`;
}
