import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));

/** A flush follows every error: two that come right after one that failed, and the end of the program. */
const PROGRAM = `
import logging, os
from python_logging import OtlpHandler
logging.raiseExceptions = False
logging.basicConfig(handlers=[OtlpHandler(os.environ["LMS_URL"], "reports")])
for text in ("first", "second", "third"):
    logging.error(text)
`;

interface LogRecord {
  readonly body: { readonly stringValue: string };
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue: string } }[];
}

interface Request {
  readonly resourceLogs: readonly [{ readonly scopeLogs: readonly [{ readonly logRecords: LogRecord[] }] }];
}

it('python_logging.py: what is sent again has its id again, and not at every line', async () => {
  const requests: LogRecord[][] = [];
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      requests.push((body as Request).resourceLogs[0].scopeLogs[0].logRecords);
      response.writeHead(requests.length === 1 ? 503 : 200).end('{}');
    });
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const env = {
    PATH: process.env['PATH'],
    PYTHONPATH: EXAMPLES,
    PYTHONDONTWRITEBYTECODE: '1',
    LMS_URL: `http://127.0.0.1:${port}`,
  };
  await promisify(execFile)('python3', ['-c', PROGRAM], { env });
  const texts = requests.map((records) => records.map(({ body }) => body.stringValue));
  expect(texts).toEqual([['first'], ['first', 'second', 'third']]);
  const [[failed], again] = requests.map((records) => records.map(uidOf)) as [[string], string[]];
  expect(again[0]).toBe(failed);
  expect(new Set(again).size).toBe(3);
});

function uidOf({ attributes }: LogRecord): string | undefined {
  return attributes.find(({ key }) => key === 'log.record.uid')?.value.stringValue;
}
