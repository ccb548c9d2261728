import { describe, expect, it } from 'vitest';
import { CONTEXT } from '../formats/reading.ts';
import { TRACES } from '../multiline/traces.ts';
import { ACCESS, cri, payloads, readAll, readerOf, told } from './reading.ts';

const { observedMs } = CONTEXT;

describe('the log of a container', () => {
  const docker = (log: string, stream = 'stdout') =>
    `${JSON.stringify({ log, stream, time: '2026-11-05T13:45:00.123456789Z' })}\n`;

  it('is what its program wrote, of each stream by itself', () => {
    const events = readAll(cri('hel', 'P') + cri('error: x', 'F', 'stderr') + cri('lo'));
    expect(told(events)).toEqual([
      ['error: x', { stream: 'stderr', timestamp: '2026-11-05T13:45:00.123456789Z' }],
      ['hello', { stream: 'stdout', timestamp: '2026-11-05T13:45:00.123456789Z' }],
    ]);
    expect(events.map(({ start, end, resumeAt, lines }) => [start, end, resumeAt, lines])).toEqual([
      [44, 93, 0, 1],
      [0, 136, 136, 2],
    ]);
    expect(events.map(({ reading }) => reading.timestamp)).toEqual(
      Array(2).fill('2026-11-05 13:45:00.123456'),
    );
  });

  it('has parts where a line feed is missing, as Docker writes them', () => {
    const events = readAll(docker('hel') + docker('x\n', 'stderr') + docker('lo\n') + docker('half'));
    expect(payloads(events)).toEqual(['x', 'hello', 'half']);
    expect(events.at(-1)).toMatchObject({ isUnfinished: true, reading: { tags: { unfinished: true } } });
  });

  it('has the time and the tags of the format inside', () => {
    const [event] = readAll(docker(`${ACCESS.replace('13:45:00', '13:44:59')}\n`));
    expect(event?.reading).toMatchObject({
      timestamp: '2026-11-05 13:44:59.000000',
      tags: { stream: 'stdout', method: 'GET', path: '/a/b' },
    });
    expect(event?.reading.tags).not.toHaveProperty('timestamp', '2026-11-05T13:45:00.123456789Z');
  });

  it('is unwrapped though it begins with something else; later misfits are kept', () => {
    const reader = readerOf();
    const events = reader.push(Buffer.from(`torn\n${cri('a')}garbage\n`), observedMs);
    expect(reader.wrapping).toBe('cri');
    expect(told(events)).toMatchObject([
      ['torn', {}],
      ['a', { stream: 'stdout' }],
      ['garbage', { parse_error: 'cri' }],
    ]);
  });

  it('of parts without an end is bounded: a line of them comes in pieces', () => {
    const parts = Array.from({ length: 10 }, () => cri('x'.repeat(20), 'P')).join('');
    const events = readAll(`${parts}${cri('end')}`, { maxLineBytes: 100 });
    expect(
      events.map(({ reading }) => [reading.payload.length, reading.tags['piece'], reading.tags['pieces']]),
    ).toEqual([
      [100, 1, undefined],
      [100, 2, undefined],
      [3, 3, 3],
    ]);
    expect(events.map(({ resumeAt }) => resumeAt)).toEqual([0, 0, parts.length + cri('end').length]);
  });

  it('has traces, whose lines are of one stream', () => {
    const trace = TRACES[0]!.text.split('\n');
    const lines = trace.flatMap((line) => [cri(line, 'F', 'stderr'), cri('2026-11-05 13:45:00 INFO x')]);
    const events = readAll(lines.join(''), { starts: 'auto' });
    const errors = events.filter(({ reading }) => reading.tags['stream'] === 'stderr');
    expect(payloads(errors)).toEqual([trace.join('\n')]);
    expect(events).toHaveLength(trace.length + 1);
  });
});
