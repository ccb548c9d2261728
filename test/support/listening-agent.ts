import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import type { Environment } from '../../src/config/sources.ts';
import { decode } from '../../src/logs/decode.ts';
import type { LogEntry } from '../../src/logs/entry.ts';
import { type RunningLms, startLms } from '../cli/lms.ts';
import type { BrokerProject } from './broker-project.ts';
import { numbersIn } from './metrics-text.ts';
import { freePort } from './ports.ts';
import { NAMES, receive } from './topology.ts';

const PATIENCE = { timeout: 60_000 };

/** An agent that runs as a process of its own, until the test is over. */
export interface ListeningAgent extends RunningLms {
  /** All numbers of its metrics. */
  metrics(): Promise<ReadonlyMap<string, number>>;
  /** What its inputs count under a name: an event, or what they have now. */
  counter(name: string): Promise<number>;
}

/** Starts `lms agent` with these arguments. Resolves once it has begun: it listens, or is just about to. */
export async function startAgent(args: readonly string[], env: Environment): Promise<ListeningAgent> {
  const port = await freePort();
  const agent = startLms(['agent', '--health-port', String(port), ...args], env);
  onTestFinished(async () => {
    await agent.stop('SIGKILL');
  });
  const metrics = async () => {
    const answer = await fetch(`http://127.0.0.1:${String(port)}/metrics`);
    return numbersIn(await answer.text());
  };
  await expect
    .poll(async () => (await metrics().catch(() => undefined))?.has('lms_agent_inputs'), PATIENCE)
    .toBe(true);
  const counter = async (name: string) => {
    let sum = 0;
    for (const [series, value] of await metrics())
      if (series.includes(`event="${name}"`) || series.includes(`what="${name}"`)) sum += value;
    return sum;
  };
  return { ...agent, metrics, counter };
}

/** What a worker makes of what is published: each once, so many of them. */
export async function publishedEntries(project: BrokerProject, count: number): Promise<LogEntry[]> {
  await expect.poll(() => project.published(NAMES.topic), PATIENCE).toBeGreaterThanOrEqual(count);
  const found = new Map<string, LogEntry>();
  while (found.size < count) await takeEntries(project, count - found.size, found);
  return [...found.values()];
}

/** Takes so many messages from the subscription, and adds what they are by their keys. */
export async function takeEntries(
  { clients }: BrokerProject,
  messages: number,
  found: Map<string, LogEntry>,
): Promise<void> {
  for (const { data } of await receive(clients, NAMES.subscription, messages)) {
    const publishTime = { seconds: 0, nanos: 0 };
    const message = { messageId: 'm', publishTime, data: Buffer.from(data ?? ''), attributes: {} };
    const entry = decode(message) as LogEntry;
    found.set(`${entry.timestamp} ${entry.eventId}`, entry);
  }
}

/** Connects as soon as somebody listens. Who listens may be killed. */
export async function connected(
  at: { readonly port: number; readonly host: string } | { readonly path: string },
): Promise<Socket> {
  for (;;) {
    const socket = connect(at);
    try {
      await once(socket, 'connect');
      socket.on('error', () => undefined);
      return socket;
    } catch {
      socket.destroy();
      await delay(50);
    }
  }
}
