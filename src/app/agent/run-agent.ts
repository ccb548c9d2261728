import type { Readable } from 'node:stream';
import { Agent, type AgentReport } from '../../agent/agent.ts';
import type { Input } from '../../agent/ports.ts';
import { Pacer } from '../../agent/sending/pacer.ts';
import type { Settings } from '../../config/settings.ts';
import { systemClock } from '../../pipeline/clock.ts';
import type { Log } from '../../pipeline/ports.ts';
import { keepHeapSmall } from '../heap.ts';
import { openAgentHealth } from './agent-health.ts';
import type { PlannedInput } from './input-plan.ts';
import { openInputs } from './open-inputs.ts';
import { openSink } from './open-sink.ts';
import type { OpenSink } from './sink-options.ts';
import { StatusNews } from './status-news.ts';

/** See `runAgent`. */
export interface AgentRun {
  readonly settings: Settings;
  readonly inputs: readonly PlannedInput[];
  readonly stdin: Readable;
  /** Of an `lms serve`; undefined: to the topic of the settings. */
  readonly url: string | undefined;
  /** Whether topic and subscription may be created. */
  readonly create: boolean;
  /** Whether it ends at the end of what is there now. */
  readonly once: boolean;
  /** How many times as fast as the log says entries go; undefined: at once. */
  readonly speed: number | undefined;
  readonly stateDirectory: string;
  /** Whether what is in the spools of inputs that are not named any more is sent as well. */
  readonly orphans: boolean;
  readonly log: Log;
  /** Aborted when it has to stop. */
  readonly stop: AbortSignal;
  /** Called when it begins, with what shows how it stands. */
  readonly started: (look: () => AgentLook) => void;
}

/** An agent as it stands. */
export interface AgentLook extends AgentReport {
  /** What takes nothing at the moment, and why. */
  readonly outage: string | undefined;
}

/** What is held of what is on its way. */
const ROOM = { entries: 6_000, bytes: 16_000_000 };
/** Pub/Sub takes no more in a request, and a server nothing larger than it holds of all. */
const REQUEST = { entries: 1_000, bytes: 4_000_000 };
const LOOK_MS = 1_000;
/** For an answer that is on its way all the same. */
const KEPT_STOP_MS = 1_000;
/**
 * An agent runs beside what it reads the logs of: it is to take little memory. What lives for long are the libraries, so
 * that looking through all of it again and again costs little.
 */
const GROWING_PERCENT = 60;

/**
 * Runs an agent in this process until its inputs have ended, or it is told to stop and what was under way is settled,
 * or the time for that is over. Resolves to how it stands then. Rejects with the `LmsError` that ended it.
 */
export async function runAgent(run: AgentRun): Promise<AgentReport> {
  const { settings, log, stop, once, url, create } = run;
  const opened: { close(): Promise<void> }[] = [];
  keepHeapSmall(GROWING_PERCENT);
  try {
    const sink = await openSink({ settings, url, create, isPatient: !once, log });
    opened.push(sink);
    const { inputs, close } = await openInputs(run.inputs, run);
    opened.push({ close });
    const news = new StatusNews(log);
    const agent = composeAgent(inputs, sink, { run, news });
    const look = () => ({ ...agent.report, outage: outageText(sink) });
    const health = await openAgentHealth(settings, { look, outage: sink.outage, stop, log });
    if (health !== undefined) opened.push(health);
    const to = url ?? settings.topic;
    log.info({ inputs: inputs.length, to, state: run.stateDirectory }, 'started');
    run.started(look);
    const cancel = everySecond(() => {
      news.look(agent.report, systemClock.now());
    });
    stop.addEventListener('abort', () => {
      sayWhatIsWaitedFor(look(), run);
    });
    await agent.run(stop).finally(() => {
      cancel();
      news.look(agent.report, systemClock.now(), true);
    });
    return agent.report;
  } finally {
    await Promise.allSettled(opened.toReversed().map((each) => each.close()));
  }
}

function composeAgent(
  inputs: readonly Input[],
  { sink, requestsInFlight, outage }: OpenSink,
  { run, news }: { readonly run: AgentRun; readonly news: StatusNews },
): Agent {
  const { settings, speed } = run;
  return new Agent(inputs, sink, {
    clock: systemClock,
    stopTimeoutMs: (report) => stopTimeoutMs(report, outage() !== undefined, settings),
    pacer: speed === undefined ? undefined : new Pacer(speed, systemClock),
    limits: { requestsInFlight, request: REQUEST, room: ROOM },
    onRefused: ({ name }, reason) => {
      news.refused(name, reason);
    },
  });
}

/** Nobody waits long for somebody who is away, if nothing is lost by going. */
function stopTimeoutMs(
  { inputs }: Pick<AgentReport, 'inputs'>,
  isAway: boolean,
  { shutdownTimeoutMs }: Settings,
): number {
  const isKept = inputs.every(({ isKept, unconfirmed }) => isKept || unconfirmed === 0);
  return isAway && isKept ? Math.min(KEPT_STOP_MS, shutdownTimeoutMs) : shutdownTimeoutMs;
}

/** Whoever stops it sees why it goes on for a while. */
function sayWhatIsWaitedFor({ inputs, unconfirmed, outage }: AgentLook, { settings, log }: AgentRun): void {
  const seconds = stopTimeoutMs({ inputs }, outage !== undefined, settings) / 1_000;
  if (unconfirmed > 0) log.info({ unconfirmed, seconds }, 'stopping: what is under way is waited for');
}

function outageText({ outage }: OpenSink): string | undefined {
  const current = outage();
  return current === undefined ? undefined : `${current.what}: ${current.reason}`;
}

function everySecond(task: () => void): () => void {
  const timer = setInterval(task, LOOK_MS);
  return () => {
    clearInterval(timer);
  };
}
