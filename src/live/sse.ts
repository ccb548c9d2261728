/** An event of an event stream (`text/event-stream`), as the HTML standard has it. */
export interface StreamEvent {
  /** The last `id` so far, of this event or one before; empty if there was none. */
  readonly id: string;
  /** What the event is called: `message` unless it says otherwise. */
  readonly name: string;
  /** Its lines of data, with LF between them. */
  readonly data: string;
}

/** That an event is longer than whoever reads can take: the stream is of no more use. */
export class EventTooLong extends Error {
  override readonly name = 'EventTooLong';
}

/** Far above any entry: what Pub/Sub takes is 10 MB, and JSON makes at most six units of a byte. */
const MAX_EVENT_UNITS = 64 * 1024 * 1024;
const CR = 13;
const LF = 10;

/**
 * Reads an event stream from text in pieces of any size. What is long is not looked at twice, so that a line of
 * megabytes in small pieces takes time by its length alone. An event that the end of the stream cuts off is none.
 */
export class EventStreamParser {
  readonly #maxUnits: number;
  /** The parts of a line whose end has not come. */
  #line: string[] = [];
  #data: string[] = [];
  #units = 0;
  #id = '';
  #name = '';
  #isAtStart = true;
  /** A CR ended the last line: an LF right behind it belongs to it, also in the next piece. */
  #isAfterCr = false;

  constructor({ maxUnits = MAX_EVENT_UNITS }: { readonly maxUnits?: number } = {}) {
    this.#maxUnits = maxUnits;
  }

  /** The events that end in this piece. Throws `EventTooLong`. */
  feed(text: string): StreamEvent[] {
    const events: StreamEvent[] = [];
    let at = this.#skipMark(text);
    while (at < text.length) {
      if (this.#isAfterCr) {
        this.#isAfterCr = false;
        if (text.charCodeAt(at) === LF) {
          at += 1;
          continue;
        }
      }
      const end = lineEnd(text, at);
      this.#line.push(text.slice(at, end));
      this.#count(end - at);
      if (end === text.length) break;
      this.#isAfterCr = text.charCodeAt(end) === CR;
      at = end + 1;
      this.#endLine(events);
    }
    return events;
  }

  /** A byte order mark may stand at the very beginning. */
  #skipMark(text: string): number {
    if (!this.#isAtStart || text === '') return 0;
    this.#isAtStart = false;
    return text.startsWith('\uFEFF') ? 1 : 0;
  }

  #count(units: number): void {
    this.#units += units;
    if (this.#units > this.#maxUnits)
      throw new EventTooLong(`an event is longer than ${this.#maxUnits} characters`);
  }

  #endLine(events: StreamEvent[]): void {
    const line = this.#line.length === 1 ? (this.#line[0] ?? '') : this.#line.join('');
    this.#line = [];
    if (line === '') {
      if (this.#data.length > 0)
        events.push({ id: this.#id, name: this.#name || 'message', data: this.#data.join('\n') });
      this.#data = [];
      this.#name = '';
      this.#units = 0;
      return;
    }
    const colon = line.indexOf(':');
    // A comment: it keeps the connection alive, and is not part of an event.
    if (colon === 0) {
      this.#units -= line.length;
      return;
    }
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    this.#endField(field, value);
  }

  #endField(field: string, value: string): void {
    if (field === 'data') this.#data.push(value);
    else if (field === 'event') this.#name = value;
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
  }
}

/**
 * The events of a body, those of a piece of it together: none of a piece in which none ends, so that whoever reads
 * sees that something comes. Ends with the body, which is cancelled if nobody reads on. Rejects as the body
 * does, and with `EventTooLong`.
 */
export async function* streamEvents(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<readonly StreamEvent[], void> {
  const reader = body.getReader();
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const parser = new EventStreamParser();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield parser.feed(decoder.decode(value, { stream: true }));
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Where the line ends that `from` is in: its CR or LF, or the end of the text. */
function lineEnd(text: string, from: number): number {
  const lf = text.indexOf('\n', from);
  const end = lf === -1 ? text.length : lf;
  // Looked for up to there alone: a stream without CR is not searched to its end for each line.
  const cr = text.slice(from, end).indexOf('\r');
  return cr === -1 ? end : from + cr;
}
