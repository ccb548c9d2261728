import { describe, expect, it } from 'vitest';
import { type WrappingName, WRAPPINGS } from '../../../src/agent/formats/containers.ts';

const open = (name: WrappingName, line: string) =>
  WRAPPINGS.find((wrapping) => wrapping.name === name)!.open(line);
const docker = (log: string, more = {}) =>
  JSON.stringify({ log, stream: 'stdout', time: '2026-11-05T13:45:00.123456789Z', ...more });

describe('a line of a container', () => {
  it('as Docker writes it', () => {
    expect(open('docker', docker('hello "x"\n'))).toEqual({
      text: 'hello "x"',
      isPartial: false,
      stream: 'stdout',
      timestamp: '2026-11-05 13:45:00.123456',
      exact: '2026-11-05T13:45:00.123456789Z',
    });
    expect(open('docker', docker('hal'))).toMatchObject({ text: 'hal', isPartial: true });
    expect(open('docker', docker('a\r\n', { stream: 'stderr', attrs: { tag: 'x' } }))).toMatchObject({
      text: 'a',
      stream: 'stderr',
    });
    expect(open('docker', docker('\n'))).toMatchObject({ text: '', isPartial: false });
    expect(
      open('docker', '{"log":"a\\ud800\\n","stream":"stdout","time":"2026-11-05T13:45:00Z"}')?.text,
    ).toBe('a\ufffd');
  });

  it('as CRI has it', () => {
    expect(open('cri', '2026-11-05T13:45:00.123456789+01:00 stderr F hello  x')).toEqual({
      text: 'hello  x',
      isPartial: false,
      stream: 'stderr',
      timestamp: '2026-11-05 12:45:00.123456',
      exact: '2026-11-05T13:45:00.123456789+01:00',
    });
    expect(open('cri', '2026-11-05T13:45:00.1Z stdout P hal')).toMatchObject({
      text: 'hal',
      isPartial: true,
    });
    expect(open('cri', '2026-11-05T13:45:00.1Z stdout P:more hal')).toMatchObject({
      text: 'hal',
      isPartial: true,
    });
    expect(open('cri', '2026-11-05T13:45:00.1Z stdout F ')).toMatchObject({ text: '' });
    expect(open('cri', '2026-11-05T13:45:00.1Z stdout F')).toMatchObject({ text: '' });
  });

  it.each([
    '',
    '{"log":"x"}',
    docker('x', { time: 'soon' }),
    docker('x', { stream: 'x' }),
    docker('x').slice(1),
    docker('x').slice(0, -1),
    '2026-11-05T13:45:00Z stdout X a',
    '2026-13-05T13:45:00Z stdout F a',
    '2026-11-05 13:45:00 stdout F a',
  ])('%s is none', (line) => {
    for (const wrapping of WRAPPINGS) expect(wrapping.open(line)).toBeUndefined();
  });
});
