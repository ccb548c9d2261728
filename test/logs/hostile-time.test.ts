import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { LineSplitter } from '../../src/agent/decoding/line-splitter.ts';
import { decode } from '../../src/logs/decode.ts';
import type { Message } from '../../src/logs/message.ts';
import { visibleLines } from '../../src/text/visible.ts';
import { growth, leastMs } from '../support/growth.ts';
import { logEntry, messageOf, own, rejectionOf } from './messages.ts';

/** Four times the input takes four times as long; sixteen would be quadratic, and what is large costs caches more. */
const MOST_GROWTH = 12;

/**
 * What is packed in any way takes no more than so many times as long as the most that a message may hold: as
 * long, really, but where coverage is collected, loops over characters take ten times as long as others do.
 */
const MOST_TIMES = 16;

vi.setConfig({ testTimeout: 120_000 });
const MEBIBYTE = 1024 * 1024;

const zeros = (size: number): string => '0'.repeat(size);
const json = (fields: object): string => JSON.stringify(fields);
/** JSON in which `"@"` stands for a number, as it is spelled. */
const spelled = (fields: object, number: string): string => json(fields).replace('"@"', number);
/** The JSON of members without end. */
const members = (size: number): string => Array.from({ length: size / 10 }, (_, at) => `"m${at}":1`).join();
const wide = (fields: object, size: number): string => json(fields).replace(/\}$/, `,${members(size)}}`);
const serilog = (template: string) => json({ '@t': '2026-11-05T13:45:00Z', '@mt': template, service: 'a' });
const pino = (fields: object) => ({ level: 30, time: 1_793_886_300_123, msg: 'x', name: 'a', ...fields });
const envelope = (data: string | Buffer, attributes = {}) => ({
  message: { messageId: '1', data: Buffer.from(data).toString('base64'), attributes },
  subscription: 's',
});
const otlp = (records: readonly object[], attributes: readonly object[] = []) => ({
  resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords: records }] }],
});

const TEXTS: readonly (readonly [string, (size: number) => string])[] = [
  // Zeros before the last digit.
  ['a time', (size) => json(own({ timestamp: `2026-11-05T13:45:00.${zeros(size)}1Z` }))],
  ['a time in a further format', (size) => json(pino({ time: `2026-11-05T13:45:00,${zeros(size)}1Z` }))],
  ['a time since 1970, as text', (size) => json(own({ timestamp: `1793886300.${zeros(size)}1` }))],
  ['a time since 1970', (size) => spelled(own({ timestamp: '@' }), `1793886300.${zeros(size)}1`)],
  [
    'a time of zap',
    (size) => spelled({ level: 'info', ts: '@', msg: '', app: 'a' }, `1793886300.${zeros(size)}1`),
  ],
  ['the time of a LogEntry', (size) => json(logEntry({ timestamp: `2026-11-05T13:45:00.${zeros(size)}1Z` }))],
  ['a number', (size) => spelled(own({ n: '@' }), `1.${zeros(size)}1`)],
  ['a small number', (size) => spelled(own({ n: '@' }), `0.${zeros(size)}1`)],
  ['a large number', (size) => spelled(own({ n: '@' }), `1${zeros(size)}`)],
  ['an exponent', (size) => spelled(own({ n: '@' }), `1e-${zeros(size)}1`)],
  ['many numbers', (size) => json(own({ n: 0 })).replace('"n":0', `"n":[${'1.00,'.repeat(size / 5)}1e5]`)],
  ['a number in text', (size) => json(own({ payload: `:${'1.'.repeat(size / 2)}` }))],
  // Many members.
  ['members of our own format', (size) => wide(own(), size)],
  ['members of tags', (size) => json(own({ tags: { a: 1 } })).replace('{"a":1', `{${members(size)}`)],
  ['members of pino', (size) => wide(pino({}), size)],
  ['members of a LogEntry', (size) => wide(logEntry({ trace: 'projects/p/traces/t' }), size)],
  [
    'members of a jsonPayload',
    (size) =>
      json(logEntry({ textPayload: undefined, jsonPayload: { message: 'x', level: 'info' } })).replace(
        '"message":"x"',
        `"message":"x",${members(size)}`,
      ),
  ],
  ['members of ECS', (size) => wide({ '@timestamp': '', log: { level: 'info' }, trace: { id: 'x' } }, size)],
  ['members of a CloudEvent', (size) => wide({ specversion: '1.0', id: '1', source: 's', type: 't' }, size)],
  ['attributes of an export', (size) => json(otlp([{}], Array(size >> 6).fill({ key: 'k', value: {} })))],
  ['records of an export', (size) => json(otlp(Array(size >> 2).fill({})))],
  // Patterns.
  ['a template of braces', (size) => serilog('{'.repeat(size))],
  ['a template of names', (size) => serilog('{a'.repeat(size / 2))],
  ['a template of a long name', (size) => serilog(`{${'a'.repeat(size)}`)],
  ['a template of widths', (size) => serilog('{a,1:'.repeat(size / 5))],
  ['a level of colours', (size) => json(pino({ level: '\u001b['.repeat(size / 2) }))],
  ['a trace', (size) => json(logEntry({ trace: `projects/${'p'.repeat(size)}/traces` }))],
  ['slashes as a trace', (size) => json(logEntry({ trace: '/'.repeat(size) }))],
  ['the name of a log', (size) => json(logEntry({ logName: '/logs/'.repeat(size / 6), resource: {} }))],
  ['a name of white space', (size) => json(own({ service_name: `a${' '.repeat(size)}b` }))],
  ['dots as a name', (size) => wide({ level: 'info', message: 'x', service: '.'.repeat(size) }, 100)],
  ['backslashes', (size) => json(own({ tags: '\\'.repeat(size / 2) + '\\ud' }))],
  ['a container log', (size) => json({ kubernetes: { pod_name: 'p' }, log: '\r\n'.repeat(size / 2) + 'x' })],
  [
    'a latency',
    (size) => json(logEntry({ textPayload: undefined, httpRequest: { latency: '1'.repeat(size) } })),
  ],
  [
    'an envelope of no base64',
    (size) => json({ ...envelope(''), message: { messageId: '1', data: '='.repeat(size) } }),
  ],
  // Text that is no JSON, or several values.
  ['white space', (size) => ' '.repeat(size)],
  ['white space, and a mark', (size) => `${' '.repeat(size)}!`],
  ['blank lines', (size) => '\n'.repeat(size)],
  ['lines of brackets', (size) => `{}\n${'[\n'.repeat(size / 2)}`],
  ['objects', (size) => '{}'.repeat(size / 2)],
  ['objects and blank lines', (size) => '{}\n\n\n\n'.repeat(size / 6)],
  ['objects without an end', (size) => '{"a":'.repeat(size / 5)],
  ['a string without an end', (size) => `{}{"${'\\"'.repeat(size / 2)}`],
  ['brackets', (size) => '['.repeat(size)],
  ['a list of lists', (size) => `[${'[],'.repeat(size / 3)}[]]`],
  ['a list of records', (size) => `[${`${json(own())},`.repeat(size / 95)}{}]`],
  ['text that may be base64', (size) => `${'Aa1 '.repeat(size / 4)}!`],
  ['text that may be logfmt', (size) => `${'a=b '.repeat(size / 4)}"`],
  ['text that may be logfmt, with marks', (size) => `${'a="b" '.repeat(size / 6)}"`],
  ['text that may be a form', (size) => `${'a=b&'.repeat(size / 4)}"`],
  ['text that may be of an access log', (size) => 'a '.repeat(size / 2)],
  ['text that may be XML', (size) => `<${'a'.repeat(size)}`],
];

describe('a message is decoded at once, however its text is made', () => {
  it.each(TEXTS)('%s', (_what, text) => {
    const prepare = (size: number): Message => messageOf(text(size));
    expect(growth(prepare, decode, MOST_GROWTH)).toBeLessThanOrEqual(MOST_GROWTH);
  });
});

describe('what one message costs is bounded, however it is packed', () => {
  const spaces = (bytes: number): Buffer => gzipSync(Buffer.alloc(bytes, ' '), { level: 9 });
  /** As much as a message may be: 10,000 records of 2.8 KB. */
  const most = messageOf(
    gzipSync(
      Array<string>(10_000)
        .fill(json(own({ tags: { n: Array(80).fill('x'.repeat(30)) } })))
        .join('\n'),
    ),
  );
  const attribute = (bytes: number) => [{ key: 'k', value: { stringValue: 'x'.repeat(bytes) } }];
  const damaged = spaces(16 * MEBIBYTE).subarray(0, -8);

  it.each<[string, string, () => unknown]>([
    [
      'messages that are packed within packed messages',
      'unpacks_too_large',
      () => {
        const inner = gzipSync(
          Array(100)
            .fill(json(envelope(spaces(MEBIBYTE))))
            .join('\n'),
          { level: 9 },
        );
        return gzipSync(
          Array(40)
            .fill(json(envelope(inner)))
            .join('\n'),
          { level: 9 },
        );
      },
    ],
    [
      'messages within, of which each is damaged at its end',
      'unpacks_too_large',
      () =>
        Array(1_000)
          .fill(json(envelope(damaged)))
          .join('\n'),
    ],
    [
      'messages within, of which each holds too many records',
      'too_many_entries',
      () =>
        Array(1_000)
          .fill(json(envelope(gzipSync('{}'.repeat(10_001)))))
          .join('\n'),
    ],
    [
      'records that share a large resource and are rejected',
      'unpacks_too_large',
      () => otlp(Array(10_000).fill({ severityText: 'loud' }), attribute(MEBIBYTE)),
    ],
    [
      'records that share a resource of many members and have none of their own',
      'unpacks_too_large',
      () =>
        otlp(Array(10_000).fill({}), [
          { key: 'service.name', value: { stringValue: 'a' } },
          ...Array.from({ length: 10_000 }, (_, at) => ({ key: `k${at}` })),
        ]),
    ],
    [
      'log records by the hundred thousand',
      'too_many_entries',
      () => JSON.stringify(otlp([])).replace('"logRecords":[', `"logRecords":[${'{},'.repeat(300_000)}{}`),
    ],
    [
      'records within a CloudEvent that says a lot',
      'unpacks_too_large',
      () => ({
        specversion: '1.0',
        id: '1',
        source: 's',
        type: 't',
        more: 'x'.repeat(5 * MEBIBYTE),
        data: Array(10_000).fill({ level: 'loud', message: '' }),
      }),
    ],
    [
      'records within a message that has large attributes',
      'unpacks_too_large',
      () =>
        envelope(json(Array(10_000).fill({ level: 'loud', message: '' })), { a: 'x'.repeat(5 * MEBIBYTE) }),
    ],
  ])('%s', (_what, code, data) => {
    const message = messageOf(data());
    expect(decode(message)).toMatchObject({ code });
    const ms = leastMs(() => decode(message));
    // Right behind it, for a machine is not as fast at every moment.
    const mostMs = leastMs(() => decode(most));
    expect(ms).toBeLessThan(MOST_TIMES * mostMs);
  });

  it('is not much for as much as a message may be', () => {
    expect(decode(most)).toHaveLength(10_000);
  });

  it('is not what its records have: as much as it may be is decoded', () => {
    const records = Array(10_000).fill({ severityText: 'info', body: { stringValue: 'x' } });
    const service = { key: 'service.name', value: { stringValue: 'a' } };
    expect(decode(messageOf(otlp(records, [service, ...attribute(3_000)])))).toHaveLength(10_000);
    const lines = Array(5_000)
      .fill(json(envelope(gzipSync(`${json(own())}\n${json(own())}`))))
      .join('\n');
    expect(decode(messageOf(lines))).toHaveLength(10_000);
  });

  it.each([
    ['lists', '['.repeat(32 * MEBIBYTE)],
    ['objects', `[${'{},'.repeat(10 * MEBIBYTE)}{}]`],
    ['empty texts', `["${'","'.repeat(10 * MEBIBYTE)}"]`],
    ['lists, on a line', `{}\n${'['.repeat(31 * MEBIBYTE)}`],
  ])(
    '%s without end are counted before they are parsed, which takes fifty times their size',
    (_what, text) => {
      const data = gzipSync(text, { level: 1 });
      expect(rejectionOf(data).code).toBe('too_many_values');
      const ms = leastMs(() => decode(messageOf(data)));
      expect(ms).toBeLessThan(2 * leastMs(() => decode(most)));
    },
  );

  it('a record of 250,000 values is the largest there is, whatever its texts hold', () => {
    const list = (values: number) => Array<string>(values).fill('[,{\\"');
    expect(decode(messageOf(own({ list: list(249_994) })))).toMatchObject({ payload: 'Hello' });
    expect(rejectionOf(own({ list: list(250_001) })).code).toBe('too_many_values');
    expect(rejectionOf(pino({ list: list(250_001) })).code).toBe('too_many_values');
    expect(decode(messageOf([own({ list: list(249_994) }), own({ list: list(249_994) })]))).toHaveLength(2);
  });
});

describe('a text is shown or sent at once, however it is made', () => {
  const MADE: readonly (readonly [string, string])[] = [
    ['plain', 'a'],
    ['what cannot be seen', '\u202e\u200d'],
    ['halves of pairs', '\ud83d'],
    ['joined emoji', '\u{1f468}\u200d'],
    ['flags', '\u{1f1e6}'],
    ['line breaks', '\n'],
  ];

  it.each(MADE)('on a terminal: %s', (_what, part) => {
    expect(growth((size) => part.repeat(size / 64), visibleLines, MOST_GROWTH)).toBeLessThanOrEqual(
      MOST_GROWTH,
    );
  });

  it.each([
    ['a line without an end, in pieces', () => Buffer.from('a')],
    ['blank lines', () => Buffer.from('\n'.repeat(16))],
    ['NULs between bytes', () => Buffer.from('a\0'.repeat(8))],
  ])('from a file: %s', (_what, piece) => {
    const run = (chunks: readonly Buffer[]) => {
      const splitter = new LineSplitter({ maxLineBytes: 10_000_000 });
      return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()];
    };
    expect(growth((size) => Array<Buffer>(size / 16).fill(piece()), run, MOST_GROWTH)).toBeLessThanOrEqual(
      MOST_GROWTH,
    );
  });
});
