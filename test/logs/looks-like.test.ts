import { describe, expect, it } from 'vitest';
import { own, rejectionOf } from './messages.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('what is not understood is refused with a reason that says what it looks like', () => {
  it.each([
    ['an XML document', '<?xml version="1.0"?><event/>'],
    ['an XML document', '<event id="1"><msg>x</msg></event>'],
    ['an HTML page', '<!DOCTYPE html><title>502</title>'],
    ['base64 text with JSON inside', Buffer.from(JSON.stringify(own())).toString('base64')],
    ['base64 text', Buffer.from('Hello, what a nice day 123').toString('base64')],
    ['a syslog message', '<34>1 2026-11-05T13:45:00Z host app - - - refused'],
    ['a line of an access log', '10.0.0.1 - - [05/Nov/2026:13:45:00 +0000] "GET / HTTP/1.1" 200 5'],
    ['logfmt', 'level=info msg="all is well" took=3ms'],
    ['a submitted form', 'level=info&msg=x%20y'],
    ['JSON that is cut off or damaged', '{"service_name":"alpha",'],
    ['a line of a text log', '2026-11-05 13:45:00 INFO started'],
    ['plain text', 'Hello there'],
    ['zstd data', bytes(0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x80)],
    ['an Avro file', bytes(0x4f, 0x62, 0x6a, 0x01, 0xff)],
    ['a protobuf message', bytes(0x0a, 0x03, 0xff, 0xfe, 0xfd)],
    ['binary data, or text in another encoding', bytes(0x63, 0x61, 0x66, 0xe9)],
    ['an empty object', '{}'],
    ['a Security Command Center finding', { finding: { category: 'X' }, resource: { type: 'a', name: 'b' } }],
    ['a write request for Cloud Logging', { entries: [{ textPayload: 'x' }], logName: 'projects/a/logs/b' }],
    ['a part of a Cloud Logging LogEntry', { resource: { type: 'invoice' } }],
    ['a part of a Cloud Logging LogEntry', { textPayload: 'x', insertId: '1' }],
    ['an incident of Cloud Monitoring', { incident: { summary: 'x' }, version: '1.2' }],
    ['a notification of Cloud Storage', { kind: 'storage#object', name: 'a.txt' }],
    ['an OTLP export of traces or metrics', { resourceSpans: [] }],
    ['a log record without a level', { message: 'x' }],
    ['an object of its own kind', { total: 17 }],
  ])('%s', (look, data) => {
    expect(rejectionOf(data).reason).toContain(`looks like ${look}`);
  });

  it('empty data says that it is empty', () => {
    for (const data of ['', ' \n', '\ufeff']) {
      expect(rejectionOf(data)).toMatchObject({
        code: 'empty_data',
        reason: expect.stringContaining('empty') as string,
      });
    }
  });

  it('at once, however the text is made', () => {
    const started = performance.now();
    for (const unit of ['a="b" ', 'a=', '<a ', '- ', 'aA1', '%', '"', '[', ' ']) {
      rejectionOf(`${unit.repeat(100_000)}!`);
    }
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
