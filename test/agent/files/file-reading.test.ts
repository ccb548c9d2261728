import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FileReading } from '../../../src/agent/files/file-reading.ts';
import { type FileRecord, parseRecord } from '../../../src/agent/files/record.ts';
import type { Slice } from '../../../src/agent/files/slice.ts';
import { EMPTY_SPAN } from '../../../src/agent/files/span.ts';
import { FileState } from '../../../src/agent/files/state.ts';
import { UTC } from '../../../src/agent/formats/zone.ts';
import { systemClock } from '../../../src/pipeline/clock.ts';

const RECORD: FileRecord = {
  id: '0123456789abcdef01234567',
  input: 'logs',
  path: '/var/log/app.log',
  home: { path: '/var/log/app.log', inode: 7 },
  head: EMPTY_SPAN,
  offset: 0,
  before: EMPTY_SPAN,
  size: 0,
  modifiedMs: 0,
  observations: [],
};

/** What a process leaves behind that was killed: what it had written. */
class Disk {
  text: string | undefined;
  async read() {
    return this.text;
  }
  async write(text: string) {
    this.text = text;
  }
  close() {}
}

interface Life {
  /** How many bytes it reads at a time. */
  readonly chunk: number;
  /** How often it reads before it is killed. */
  readonly reads: number;
  /** Of what it hands over, how much is confirmed. */
  readonly confirmed: number;
  /** After which of the reads it flushes what is pending. */
  readonly flushes: readonly number[];
}

const LINES = [
  'worker is up',
  '2026-11-25T14:00:00Z timed',
  'Traceback (most recent call last):',
  '  File "a.py", line 1',
  'ValueError: no',
  '',
  'Nov 25 14:00:00 host app[1]: no year',
];

/** Reads `bytes` in several lives, each killed, and gives the rows that there are in the end. */
async function rowsOf(
  bytes: Buffer,
  lives: readonly Life[],
  starts: 'auto' | undefined,
): Promise<Map<string, string>> {
  const disk = new Disk();
  const rows = new Map<string, string>();
  let nowMs = Date.UTC(2026, 10, 25);
  const whole: Life = { chunk: bytes.length + 1, reads: 2, confirmed: 1, flushes: [1] };
  for (const { chunk, reads, confirmed, flushes } of [...lives, whole]) {
    const state = await FileState.open(disk, systemClock);
    const saved = [...state.records][0];
    const record = saved === undefined ? RECORD : parseRecord(JSON.parse(JSON.stringify(saved)))!.record;
    const beginning = { before: bytes.subarray(0, record.offset), head: bytes };
    const origin = { service: 's', host: 'h', tags: {} };
    const reading = new FileReading(record, beginning, {
      state,
      source: { format: 'text', starts, zone: UTC },
      origin,
    });
    const handedOver: Slice[] = [];
    const take = async (slices: readonly Slice[]) => {
      for (const slice of slices) {
        if (slice.mustSave) await state.save();
        for (const entry of slice.entries) rows.set(`${entry.timestamp} ${entry.eventId}`, entry.payload);
        handedOver.push(slice);
      }
    };
    for (let read = 0; read < reads; read += 1) {
      nowMs += 86_400_000;
      const part = bytes.subarray(reading.position, reading.position + chunk);
      await take(reading.take(part, nowMs));
      if (flushes.includes(read) && reading.isPending) await take(reading.flush('events', nowMs));
    }
    for (const { mark } of handedOver.slice(0, Math.round(handedOver.length * confirmed))) {
      reading.confirm(mark);
      await state.save();
    }
  }
  return rows;
}

describe('a file that is read in several lives', () => {
  it.each([undefined, 'auto'] as const)(
    'has each event once, and all of it, if lines are joined %s',
    async (starts) => {
      const life = fc.record({
        chunk: fc.integer({ min: 1, max: 90 }),
        reads: fc.integer({ min: 0, max: 6 }),
        confirmed: fc.constantFrom(0, 0.3, 0.7, 1),
        flushes: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 2 }),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.constantFrom(...LINES), { minLength: 1, maxLength: 20 }),
          fc.array(life, { maxLength: 5 }),
          async (lines, lives) => {
            const numbered = lines.map((line, index) => (line === '' ? '' : `${line} ${index}`));
            const rows = await rowsOf(Buffer.from(`${numbered.join('\n')}\n`), lives, starts);
            const payloads = [...rows].sort(([one], [other]) => (one.slice(27) < other.slice(27) ? -1 : 1));
            const found = payloads
              .flatMap(([, payload]) => payload.split('\n'))
              .filter((line) => line !== '');
            expect(found).toEqual(numbered.filter((line) => line !== ''));
          },
        ),
        { numRuns: 300 },
      );
    },
  );
});

describe('what is remembered of a file', () => {
  it('is whole, however many of its lines came one by one and are unconfirmed', async () => {
    const disk = new Disk();
    const state = await FileState.open(disk, systemClock);
    const options = {
      state,
      source: { format: 'text', starts: undefined, zone: UTC },
      origin: { service: 's', host: 'h', tags: {} },
    } as const;
    const reading = new FileReading(RECORD, { before: Buffer.alloc(0), head: Buffer.alloc(0) }, options);
    // More than an agent has room for, and a batch that waits.
    for (let count = 0; count < 11_000; count += 1) reading.take(Buffer.from('x\n'), count);
    await state.save();
    const next = await FileState.open(disk, systemClock);
    expect(next.damage).toBeUndefined();
    expect([...next.records][0]?.observations).toHaveLength(11_000);
  });
});
