import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { TorturedLog } from '../../test/agent/files/tortured-log.ts';
import { freePort } from '../../test/support/ports.ts';
import { Draw } from '../draw.ts';
import { AGENT_MOMENTS, type AgentScene } from './moments.ts';
import { RunningAgent } from './running-agent.ts';
import { Senders } from './senders.ts';
import { Topic } from './topic.ts';

/** A round: a log, some senders, and an agent that is not left in peace. */
export interface AgentRound {
  readonly seed: number;
  readonly number: number;
  readonly moments: number;
  readonly senders: number;
  /** For what its processes print; it is made. */
  readonly directory: string;
}

/** How a round went. */
export interface AgentRoundResult {
  /** Lines in the log, and by connections. */
  readonly logLines: number;
  readonly sentLines: number;
  /** How often each moment came. */
  readonly moments: ReadonlyMap<string, number>;
  /** What was not as promised. */
  readonly problems: readonly string[];
}

/** Between two moments, in milliseconds. */
const MOST_REST_MS = 800;
/** The others come at any moment of a start. */
const BEGUN_SHARE = 0.8;
/** What is written goes on for as long as it takes until all is there. */
const END_MS = 180_000;
const LOOK_MS = 200;
const MOST_WRITING_PAUSE_MS = 25;

/** Plays a round: in the end each line is one row, and none is torn. */
export async function playAgentRound(round: AgentRound): Promise<AgentRoundResult> {
  const { seed, number, directory } = round;
  await mkdir(directory, { recursive: true });
  const folder = await mkdtemp(join(tmpdir(), 'lms-chaos-agent-'));
  const draw = new Draw(seed, 'agent', number);
  try {
    await mkdir(join(folder, 'logs'));
    const log = new TorturedLog(join(folder, 'logs', 'app.log'), { seed: seed + number, hasTimes: false });
    await log.step();
    await using topic = await Topic.start();
    const port = await freePort();
    const options = { log: log.path, port, state: join(folder, 'state'), directory, env: topic.env };
    await using agent = new RunningAgent(options);
    const draws = Array.from(
      { length: round.senders },
      (_, sender) => new Draw(seed, number, 'sender', sender),
    );
    const scene = { agent, topic, senders: new Senders(port, draws), draw };
    return await play(scene, log, round);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function play(scene: AgentScene, log: TorturedLog, round: AgentRound): Promise<AgentRoundResult> {
  const { agent, topic, senders, draw } = scene;
  // What was rotated before an agent has ever seen the log is none of it.
  await untilThere(topic, new Set(log.lines));
  const writing = keepWriting(log);
  senders.start();
  const moments = new Map<string, number>();
  for (let played = 0; played < round.moments; played += 1) {
    if (draw.chance(BEGUN_SHARE)) await agent.begun();
    await delay(draw.whole(0, MOST_REST_MS));
    // Each once at first.
    const moment = AGENT_MOMENTS[played] ?? draw.weighted(AGENT_MOMENTS);
    await moment.happen(scene);
    moments.set(moment.name, (moments.get(moment.name) ?? 0) + 1);
  }
  await writing.stop();
  await senders.finish();
  const expected = [...log.lines, ...senders.lines];
  await untilThere(topic, new Set(expected));
  await agent.stop();
  const problems = [...agent.problems, ...topic.problems, ...differences(expected, topic.payloads())];
  return { logLines: log.lines.length, sentLines: senders.lines.length, moments, problems };
}

/** Writes until it is told to stop. */
function keepWriting(log: TorturedLog): { readonly stop: () => Promise<void> } {
  const over = new AbortController();
  const work = (async () => {
    while (!over.signal.aborted) {
      await log.step();
      await log.pause(MOST_WRITING_PAUSE_MS);
    }
  })();
  return {
    stop: () => {
      over.abort();
      return work;
    },
  };
}

/** Until all is there, or it has taken too long. */
async function untilThere(topic: Topic, expected: ReadonlySet<string>): Promise<void> {
  const endsAtMs = performance.now() + END_MS;
  while (performance.now() < endsAtMs) {
    const left = new Set(expected);
    for (const payload of topic.payloads()) left.delete(payload);
    if (left.size === 0) return;
    await delay(LOOK_MS);
  }
}

const MOST_SHOWN = 5;

/** What is there too often or not at all. */
function differences(expected: readonly string[], found: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const line of expected) counts.set(line, 0);
  const torn: string[] = [];
  for (const line of found) {
    const count = counts.get(line);
    if (count === undefined) torn.push(line);
    else counts.set(line, count + 1);
  }
  const lost = [...counts].filter(([, count]) => count === 0).map(([line]) => line);
  const doubled = [...counts].filter(([, count]) => count > 1).map(([line]) => line);
  return [...shown('lost', lost), ...shown('there more than once', doubled), ...shown('torn', torn)];
}

function shown(what: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const first = lines.slice(0, MOST_SHOWN).map((line) => `\n    ${line.slice(0, 100)}`);
  return [`${String(lines.length)} lines are ${what}:${first.join('')}`];
}
