import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

// People who have a page open while a worker writes, as a process: so many connections that stay, which ask so many
// questions a second in all, in turn. Arguments: the URL, connections, questions a second. Says `ready` once every
// connection was used, and the milliseconds that each answer took when it is told to end.
const [url = '', connections, perSecond] = process.argv.slice(2);
const agents = Array.from(
  { length: Number(connections) },
  () => new Agent({ keepAlive: true, maxSockets: 1 }),
);
const PATHS = [
  '/api/v1/entries?limit=100',
  '/api/v1/entries?limit=100&q=service:service-3+severity%3E%3Dwarn',
  '/api/v1/histogram?by=severity&since=2026-01-01&until=2026-01-01T23:59:59Z',
];
const tookMs: number[] = [];

process.once('message', () => {
  process.send?.(tookMs, () => process.exit());
});
process.on('disconnect', () => {
  process.exit();
});
for (const agent of agents) await ask(agent, '/livez');
process.send?.('ready');
const startMs = performance.now();
for (let nth = 0; ; nth += 1) {
  await sleep(Math.max(0, startMs + (nth * 1_000) / Number(perSecond) - performance.now()));
  const agent = agents[nth % agents.length];
  if (agent === undefined) throw new Error('there are no connections');
  const beginMs = performance.now();
  await ask(agent, PATHS[nth % PATHS.length] ?? '');
  tookMs.push(performance.now() - beginMs);
}

async function ask(agent: Agent, path: string): Promise<void> {
  const [response] = (await once(get(new URL(path, url), { agent }), 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  if (response.statusCode !== 200) throw new Error(`${path} answered ${response.statusCode}`);
}
