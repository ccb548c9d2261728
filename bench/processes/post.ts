import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { line } from '../messages.ts';
import { otlpRequest } from '../otlp.ts';

// Whoever sends entries by HTTP, as a process: bodies of 1,000 lines of 200 bytes lie ready, 8 requests at once on
// connections that stay. Arguments: the URL, `entries` or `otlp`, how many. Says `ready`, and begins when it is
// told to.
const [url = '', kind = '', count] = process.argv.slice(2);
const LINES = 1_000;
const LINE_BYTES = 200;
const AT_ONCE = 8;

const bodies: Buffer[] = [];
for (let start = 0; start < Number(count); start += LINES) bodies.push(body(start));
const path = kind === 'otlp' ? '/v1/logs' : '/api/v1/entries';
const contentType = kind === 'otlp' ? 'application/x-protobuf' : 'application/json';
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

process.once('message', () => {
  for (let lane = 0; lane < AT_ONCE; lane += 1) void postLane();
});
process.on('disconnect', () => {
  process.exit();
});
process.send?.('ready');

function body(start: number): Buffer {
  if (kind === 'otlp') return otlpRequest(start, LINES, LINE_BYTES);
  return Buffer.from(`[${Array.from({ length: LINES }, (_, n) => line(start + n, LINE_BYTES)).join(',')}]`);
}

async function postLane(): Promise<void> {
  for (let next = bodies.pop(); next !== undefined; next = bodies.pop()) {
    const headers = { 'content-type': contentType, 'content-length': next.length };
    const sent = request(new URL(path, url), { method: 'POST', agent, headers });
    sent.end(next);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.resume();
    await once(response, 'end');
    if (response.statusCode !== 200 && response.statusCode !== 202)
      throw new Error(`POST ${path} answered ${response.statusCode}`);
  }
}
