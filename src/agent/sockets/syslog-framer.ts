/** Bytes of a connection: some lines, of which the last may go on, or a message whose length was said before it. */
export type Frame = { readonly lines: Buffer } | { readonly message: Buffer };

/** How a message begins whose length is said: `LEN SP <PRI>`. */
const COUNTED = /^([1-9]\d{0,7}) <\d{1,3}>/;
/** What may become such a beginning once there is more of it. */
const MAYBE_COUNTED = /^[1-9]\d{0,7}(?: (?:<\d{0,3})?)?$/;
const MAX_HEAD_BYTES = 8 + 1 + 5;
/** Whoever says more means something else. */
const MAX_MESSAGE_BYTES = 1_048_576;
const NOTHING = Buffer.alloc(0);
const LF = 0x0a;
const NUL = 0x00;
const [ONE, NINE] = [0x31, 0x39];

/**
 * Cuts what comes by a connection of syslog as RFC 6587 says, both ways in one connection: a message whose length is
 * said may have line breaks in it; everything else is lines, which end with LF or, as some send them, NUL. A length
 * counts only if a priority stands behind it. Wherever chunks end, the same comes out. Holds no more than a message.
 */
export class SyslogFramer {
  #held: Buffer = NOTHING;
  #heldBytes = 0;
  /** So many bytes make the message whole that is held. */
  #neededBytes = 0;
  /** Whether the next byte begins a record. */
  #isAtStart = true;

  /** Bytes that wait for more. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  push(chunk: Buffer): Frame[] {
    let bytes = chunk;
    if (this.#heldBytes > 0) {
      this.#hold(chunk);
      if (this.#heldBytes < this.#neededBytes) return [];
      bytes = this.#take();
    }
    const frames: Frame[] = [];
    while (bytes.length > 0) {
      const [frame, rest] = this.#isAtStart && isDigit(bytes[0]) ? this.#counted(bytes) : this.#lines(bytes);
      if (frame === undefined) break;
      frames.push(frame);
      bytes = rest;
    }
    this.#hold(bytes);
    return frames;
  }

  /** What waits, as lines: there will be no more. */
  end(): Frame[] {
    const held = this.#take();
    if (held.length > 0) this.#isAtStart = false;
    return held.length === 0 ? [] : [{ lines: withLineFeeds(held) }];
  }

  /** Twice as much room each time: a message may come byte by byte. */
  #hold(bytes: Buffer): void {
    const length = this.#heldBytes + bytes.length;
    if (length > this.#held.length) {
      const room = Buffer.allocUnsafe(Math.max(length, 2 * this.#heldBytes));
      this.#held.copy(room, 0, 0, this.#heldBytes);
      this.#held = room;
    }
    bytes.copy(this.#held, this.#heldBytes);
    this.#heldBytes = length;
  }

  #take(): Buffer {
    const bytes = this.#held.subarray(0, this.#heldBytes);
    this.#held = NOTHING;
    this.#heldBytes = 0;
    this.#neededBytes = 0;
    return bytes;
  }

  /** A record that begins with a digit. No frame: there is too little of it. */
  #counted(bytes: Buffer): readonly [Frame | undefined, Buffer] {
    const head = bytes.toString('latin1', 0, MAX_HEAD_BYTES);
    const [, digits] = COUNTED.exec(head) ?? [];
    if (digits === undefined)
      return MAYBE_COUNTED.test(head) && bytes.length < MAX_HEAD_BYTES
        ? [undefined, bytes]
        : this.#lines(bytes);
    const start = digits.length + 1;
    const end = start + Number(digits);
    if (Number(digits) > MAX_MESSAGE_BYTES) return this.#lines(bytes);
    if (bytes.length < end) {
      this.#neededBytes = end;
      return [undefined, bytes];
    }
    return [{ message: bytes.subarray(start, end) }, bytes.subarray(end)];
  }

  /** Whole lines up to one that may be a message, and if there is none the rest of what came. */
  #lines(bytes: Buffer): readonly [Frame, Buffer] {
    let end = 0;
    for (;;) {
      const next = lineEnd(bytes, end);
      if (next === -1) {
        this.#isAtStart = false;
        return [{ lines: withLineFeeds(bytes) }, bytes.subarray(bytes.length)];
      }
      end = next + 1;
      if (end === bytes.length || mayBeCounted(bytes, end)) {
        this.#isAtStart = true;
        return [{ lines: withLineFeeds(bytes.subarray(0, end)) }, bytes.subarray(end)];
      }
    }
  }
}

/** Whether a message may begin here whose length is said: it does, or there is too little to tell. */
function mayBeCounted(bytes: Buffer, at: number): boolean {
  if (!isDigit(bytes[at])) return false;
  const head = bytes.toString('latin1', at, at + MAX_HEAD_BYTES);
  return COUNTED.test(head) || MAYBE_COUNTED.test(head);
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ONE && byte <= NINE;
}

function lineEnd(bytes: Buffer, from: number): number {
  const lf = bytes.indexOf(LF, from);
  const nul = (lf === -1 ? bytes : bytes.subarray(0, lf)).indexOf(NUL, from);
  return nul === -1 ? lf : nul;
}

function withLineFeeds(bytes: Buffer): Buffer {
  if (!bytes.includes(NUL)) return bytes;
  return Buffer.from(bytes.map((byte) => (byte === NUL ? LF : byte)));
}
