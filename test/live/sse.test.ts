import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventStreamParser, EventTooLong, type StreamEvent, streamEvents } from '../../src/live/sse.ts';

describe('an event stream', () => {
  it.each([
    ['an event', 'data: a\n\n', [{ data: 'a' }]],
    ['lines of data', 'data: a\ndata\ndata:b\n\n', [{ data: 'a\n\nb' }]],
    ['one space at the beginning', 'data:  a\n\n', [{ data: ' a' }]],
    ['a name', 'event: gap\ndata: a\n\ndata: b\n\n', [{ name: 'gap', data: 'a' }, { data: 'b' }]],
    [
      'an id, which lasts',
      'id: 1\ndata: a\n\ndata: b\n\n',
      [
        { id: '1', data: 'a' },
        { id: '1', data: 'b' },
      ],
    ],
    ['an id without data', 'id: 1\n\ndata: b\n\n', [{ id: '1', data: 'b' }]],
    ['an id taken back', 'id: 1\ndata: a\n\nid\ndata: b\n\n', [{ id: '1', data: 'a' }, { data: 'b' }]],
    ['an id that is none', 'id: 1\0\ndata: a\n\n', [{ data: 'a' }]],
    ['comments and unknown fields', ': hello\nretry: 1000\nx: y\ndata: a\n\n', [{ data: 'a' }]],
    ['no data, no event', 'event: gap\n\n\n\ndata: a\n\n', [{ data: 'a' }]],
    ['an event cut off by the end', 'data: a\n\ndata: b\n', [{ data: 'a' }]],
    ['CR LF', 'id: 1\r\ndata: a\r\ndata: b\r\n\r\n', [{ id: '1', data: 'a\nb' }]],
    ['CR', 'data: a\rdata: b\r\r', [{ data: 'a\nb' }]],
    ['a mixture', 'data: a\r\ndata: b\n\r\ndata: c\r\r\n', [{ data: 'a\nb' }, { data: 'c' }]],
    ['a byte order mark', '\uFEFFdata: a\n\n', [{ data: 'a' }]],
    ['that alone at the beginning', 'data: a\n\n\uFEFFdata: b\n\n', [{ data: 'a' }]],
    ['characters of four bytes', 'data: 🦊 é\n\n', [{ data: '🦊 é' }]],
  ] satisfies readonly (readonly [string, string, readonly Partial<StreamEvent>[]])[])(
    'has %s, cut anywhere',
    async (_what, text, expected) => {
      const events = expected.map((event) => ({ id: '', name: 'message', ...event }));
      const bytes = new TextEncoder().encode(text);
      for (let at = 0; at <= bytes.length; at += 1)
        expect(await read([bytes.slice(0, at), bytes.slice(at)]), `cut at ${at}`).toEqual(events);
      expect(await read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(events);
    },
  );

  it('is the same in pieces of any size', () => {
    const text = fc
      .array(
        fc.constantFrom('data: a', 'data', 'id: 7', 'event: x', ': c', '', '\n', '\r', '\r\n', '\uFEFF'),
        {
          maxLength: 40,
        },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.array(fc.nat({ max: 200 })), (whole, cuts) => {
        const parser = new EventStreamParser();
        const places = [0, ...cuts.map((cut) => Math.min(cut, whole.length)), whole.length].sort(
          (a, b) => a - b,
        );
        const pieces = places.slice(1).map((end, index) => whole.slice(places[index], end));
        expect(pieces.flatMap((piece) => parser.feed(piece))).toEqual(new EventStreamParser().feed(whole));
      }),
    );
  });

  it('has a line of 10 MB in small pieces, in the time of its length', () => {
    const piece = 'x'.repeat(1_024);
    const parser = new EventStreamParser();
    parser.feed('data: ');
    for (let count = 0; count < 10 * 1_024; count += 1) expect(parser.feed(piece)).toHaveLength(0);
    expect(parser.feed('\n\n')[0]?.data).toHaveLength(10 * 1_024 * 1_024);
  });

  it('refuses an event without end, but takes comments without end', () => {
    const parser = new EventStreamParser({ maxUnits: 100 });
    for (let count = 0; count < 100; count += 1) parser.feed(': still here\n');
    parser.feed('data: short\n');
    expect(() => parser.feed('x'.repeat(100))).toThrow(EventTooLong);
    const ofLines = new EventStreamParser({ maxUnits: 100 });
    expect(() => {
      for (let count = 0; count < 100; count += 1) ofLines.feed('data: x\n');
    }).toThrow(EventTooLong);
  });

  it('says that something comes, and cancels a body that nobody reads on', async () => {
    let isCancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        controller.enqueue(new TextEncoder().encode(': still here\n'));
      },
      cancel: () => {
        isCancelled = true;
      },
    });
    for await (const events of streamEvents(body)) {
      expect(events).toEqual([]);
      break;
    }
    expect(isCancelled).toBe(true);
  });
});

async function read(pieces: readonly Uint8Array[]): Promise<StreamEvent[]> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
  const events: StreamEvent[] = [];
  for await (const some of streamEvents(body)) events.push(...some);
  return events;
}
