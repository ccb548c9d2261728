import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { Narrator } from '../../../src/cli/sandbox/narrator.ts';

it('a flush is told as it happens: how many rows, how long, why', () => {
  const { narrator, lines } = listen();
  narrator.flushed('size', 5_000, 40.4);
  narrator.flushed('drain', 1, 3);
  expect(lines()).toEqual(['mon  flushed 5,000 rows in 40 ms (size)', 'mon  flushed 1 row in 3 ms (drain)']);
});

it('of the log, warnings and errors are told, with their fields; what the events tell is not told twice', () => {
  const { narrator, lines } = listen();
  const log = narrator.log('mon');
  log.debug({}, 'trying again');
  log.info({ rows: 10, reason: 'size', ms: 3 }, 'flushed');
  log.warn({ seconds: 30, reason: 'no connection' }, 'the database takes no writes');
  log.error({}, 'worker failed');
  expect(lines()).toEqual([
    'mon  the database takes no writes (seconds 30, reason no connection)',
    'mon  worker failed',
  ]);
});

/** A narrator on something that is no terminal, and its lines without the time at their beginning. */
function listen() {
  const printed: string[] = [];
  const narrator = new Narrator(new PassThrough(), (line) => {
    printed.push(line);
  });
  return { narrator, lines: () => printed.map((line) => line.replace(/^ *\d+\.\d s {2}/, '').trimEnd()) };
}
