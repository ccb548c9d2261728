import type { Message } from './message.ts';
import type { DecodeOptions } from './options.ts';
import { MAX_ENTRIES, MAX_UNPACKED_BYTES } from './options.ts';
import type { Rejection } from './rejection.ts';
import { isRejection, reject } from './rejection.ts';
import { compressionOf, unpack } from './unpack.ts';

/** Deflate makes no more than this of a byte. */
const MOST_UNPACKED_OF_A_BYTE = 1_032;

/**
 * What one message may cost, whatever is in it and however it is packed: one for all messages within it.
 * Rejections count as entries do, for they take as long. What is over it is rejected as a whole.
 *
 * A message that holds one record, as it came, needs none.
 */
export class Budget {
  readonly #maxRecords: number;
  readonly #maxUnits: number;
  /** The message itself is one, until it turns out to hold several. */
  #records = 1;
  #unpackedBytes = 0;
  #units = 0;
  #rejection: Rejection | undefined;

  constructor({ maxEntries = MAX_ENTRIES, maxUnpackedBytes = MAX_UNPACKED_BYTES }: DecodeOptions) {
    this.#maxRecords = maxEntries;
    this.#maxUnits = maxUnpackedBytes;
  }

  /** Why the message as a whole is rejected; undefined as long as it keeps to its budget. */
  get rejection(): Rejection | undefined {
    return this.#rejection;
  }

  /** How many records may stand in the place of one. */
  get recordsLeft(): number {
    return this.#maxRecords - this.#records + 1;
  }

  /** The bytes that compressed data stands for. */
  unpack(data: Uint8Array): Uint8Array | Rejection {
    const left = this.#maxUnits - this.#unpackedBytes;
    const unpacked = unpack(data, Math.max(1, left));
    if (unpacked === 'too large') {
      return this.#reject(
        'unpacks_too_large',
        `The message is ${compressionOf(data)} data of more than ${this.#maxUnits} bytes: it should be sent in smaller messages.`,
      );
    }
    // What cannot be unpacked does not say how much of it was.
    this.#unpackedBytes += isRejection(unpacked)
      ? Math.min(left, MOST_UNPACKED_OF_A_BYTE * data.length)
      : unpacked.length;
    return unpacked;
  }

  /** One record turns out to be so many. Returns the rejection if they are too many. */
  split(records: number): Rejection | undefined {
    this.#records += records - 1;
    if (this.#records <= this.#maxRecords) return undefined;
    return this.#reject(
      'too_many_entries',
      `The message holds more than ${this.#maxRecords} records: it should be sent in smaller messages.`,
    );
  }

  /** So many units of text are gone over for a record. Returns the rejection if they are too many. */
  spend(units: number): Rejection | undefined {
    this.#units += units;
    if (this.#units <= this.#maxUnits) return undefined;
    return this.#reject(
      'unpacks_too_large',
      'The entries of the message repeat too much of it: it should be sent in smaller messages.',
    );
  }

  #reject(code: 'unpacks_too_large' | 'too_many_entries', reason: string): Rejection {
    this.#rejection ??= reject(code, reason);
    return this.#rejection;
  }
}

/** An object of more members than these is slow to go over: each costs so many units beside its text. */
const FEW_MEMBERS = 100;
const MEMBER_UNITS = 64;

/** What it costs to go over a JSON value for one record, in UTF-16 units. It must not be deep. */
export function jsonUnits(value: object): number {
  return JSON.stringify(value).length + MEMBER_UNITS * Math.max(0, membersIn(value) - FEW_MEMBERS);
}

function membersIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let members = 0;
  for (const member of Object.values(value)) members += 1 + membersIn(member);
  return members;
}

/** What an attribute costs beside its text. */
const ATTRIBUTE_UNITS = 8;

/** UTF-16 units of the attributes of a message, which may be looked at for each of its records. */
export function attributeUnits({ attributes }: Message): number {
  let units = 0;
  for (const [name, value] of Object.entries(attributes))
    units += name.length + value.length + ATTRIBUTE_UNITS;
  return units;
}
