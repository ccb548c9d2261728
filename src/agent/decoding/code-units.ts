import type { Encoding } from './encoding.ts';

/** Where in bytes the code units stand that matter to lines. Places are those of the first byte of a unit. */
export interface CodeUnits {
  /** Bytes of one. */
  readonly size: 1 | 2;
  /** The first line feed from `from` on, -1 if there is none. */
  indexOfLineFeed(bytes: Buffer, from: number): number;
  /** The first NUL from `from` on, -1 if there is none. */
  indexOfNul(bytes: Buffer, from: number): number;
  /** Where the run of NULs ends that begins at `from`. */
  endOfNuls(bytes: Buffer, from: number): number;
  endsWithCarriageReturn(bytes: Buffer): boolean;
  /** The last place up to `end` where text may be cut: in no character. */
  endOfCharacter(bytes: Buffer, end: number): number;
}

const LF = 0x0a;
const CR = 0x0d;
const LONGEST_CHARACTER = 4;

const UTF8: CodeUnits = {
  size: 1,
  indexOfLineFeed: (bytes, from) => bytes.indexOf(LF, from),
  indexOfNul: (bytes, from) => bytes.indexOf(0, from),
  endOfNuls(bytes, from) {
    let at = from;
    while (bytes[at] === 0) at += 1;
    return at;
  },
  endsWithCarriageReturn: (bytes) => bytes[bytes.length - 1] === CR,
  endOfCharacter(bytes, end) {
    // Behind more continuing bytes than a character has stands no UTF-8: it may be cut anywhere.
    for (let at = end; at > end - LONGEST_CHARACTER && at > 0; at -= 1)
      if (((bytes[at] ?? 0) & 0xc0) !== 0x80) return at;
    return end;
  },
};

/** UTF-16, whose units have their higher byte at this place, 0 or 1. */
function utf16(high: 0 | 1): CodeUnits {
  const low = 1 - high;
  const unitAt = (bytes: Buffer, at: number) => ((bytes[at + high] ?? 0) << 8) | (bytes[at + low] ?? 0);
  const indexOf = (bytes: Buffer, from: number, unit: number) => {
    for (let at = bytes.indexOf(unit, from); at !== -1; at = bytes.indexOf(unit, at + 1)) {
      const start = at - (at % 2);
      if (unitAt(bytes, start) === unit && start + 1 < bytes.length) return start;
    }
    return -1;
  };
  return {
    size: 2,
    indexOfLineFeed: (bytes, from) => indexOf(bytes, from, LF),
    indexOfNul: (bytes, from) => indexOf(bytes, from, 0),
    endOfNuls(bytes, from) {
      let at = from;
      while (at + 1 < bytes.length && unitAt(bytes, at) === 0) at += 2;
      return at;
    },
    endsWithCarriageReturn: (bytes) => bytes.length >= 2 && unitAt(bytes, bytes.length - 2) === CR,
    endOfCharacter(bytes, end) {
      const isLowSurrogate = (unitAt(bytes, end) & 0xfc00) === 0xdc00;
      return isLowSurrogate && end > 2 ? end - 2 : end;
    },
  };
}

/** The code units of each encoding. Bytes of UTF-16 must begin with a whole unit, and end with one. */
export const CODE_UNITS: Readonly<Record<Encoding, CodeUnits>> = {
  'utf-8': UTF8,
  'utf-16le': utf16(1),
  'utf-16be': utf16(0),
};
