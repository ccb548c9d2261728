import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SyslogFramer } from '../../../src/agent/sockets/syslog-framer.ts';

/** Messages whose length was said, and the lines between them, from chunks that end at these places. */
function framesOf(text: string, cuts: readonly number[] = []): string[] {
  const bytes = Buffer.from(text);
  const framer = new SyslogFramer();
  const frames: string[] = [];
  let lines = '';
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted(
    (one, other) => one - other,
  );
  let start = 0;
  const take = (found: ReturnType<SyslogFramer['push']>) => {
    for (const frame of found) {
      if ('lines' in frame) lines += frame.lines.toString();
      else {
        if (lines !== '') frames.push(`L ${lines}`);
        lines = '';
        frames.push(`M ${frame.message.toString()}`);
      }
    }
  };
  for (const end of ends) {
    take(framer.push(bytes.subarray(start, end)));
    start = end;
  }
  take(framer.end());
  return lines === '' ? frames : [...frames, `L ${lines}`];
}

const counted = (text: string) => `${String(Buffer.byteLength(text))} ${text}`;

describe('frames of syslog', () => {
  it('are messages of the length that is said before a priority, line breaks and all', () => {
    const [one, other] = ['<34>1 a\nb', '<165>ünï\n'];
    expect(framesOf(counted(one) + counted(other))).toEqual([`M ${one}`, `M ${other}`]);
  });

  it('are lines where no length stands before a priority', () => {
    for (const text of [
      '<34>a\n<34>b\n',
      '12 monkeys\n34 <x>\n',
      '10.0.0.1 - - [x]\n',
      '5\n6\n',
      '007 <34>x\n',
    ])
      expect(framesOf(text)).toEqual([`L ${text}`]);
  });

  it('may be both in one connection, and end with NUL', () => {
    expect(framesOf(`<34>a\n${counted('<34>b')}<34>c\0${counted('<34>d')}\n<34>e`)).toEqual([
      'L <34>a\n',
      'M <34>b',
      'L <34>c\n',
      'M <34>d',
      'L \n<34>e',
    ]);
  });

  it('are lines where the length is more than any message has', () => {
    expect(framesOf('99999999 <34>x\ny\n')).toEqual(['L 99999999 <34>x\ny\n']);
  });

  it('are lines in the end, where a message was cut off', () => {
    expect(framesOf('20 <34>half')).toEqual(['L 20 <34>half']);
  });

  it('are the same wherever chunks end', () => {
    const record = fc.oneof(
      fc.string({ maxLength: 12 }).map((text) => counted(`<34>${text}`)),
      fc.string({ maxLength: 12 }).map((text) => `${text}\n`),
      fc.constantFrom('12 <\n', '1 <3', '9', '<34>x\0', '\n', '7 <34>ab\n'),
    );
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        (records, cuts) => {
          const text = records.join('');
          expect(framesOf(text, cuts)).toEqual(framesOf(text));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('cost no more the smaller the pieces are in which a long message comes', () => {
    const message = counted(`<34>${'x'.repeat(1_000_000)}`);
    const framer = new SyslogFramer();
    const bytes = Buffer.from(message);
    const frames: string[] = [];
    const startMs = performance.now();
    for (let at = 0; at < bytes.length; at += 4)
      for (const frame of framer.push(bytes.subarray(at, at + 4)))
        if ('message' in frame) frames.push(frame.message.toString());
    expect(frames).toEqual([message.slice(8)]);
    // Copying all of it for each piece would be 125 GB.
    expect(performance.now() - startMs).toBeLessThan(10_000);
  });
});
