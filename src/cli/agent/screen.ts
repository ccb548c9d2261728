import { Writable } from 'node:stream';
import type { AgentReport } from '../../agent/agent.ts';
import type { AgentLook } from '../../app/agent/run-agent.ts';
import type { Output } from '../../app/logging.ts';
import { systemClock } from '../../pipeline/clock.ts';
import type { Context } from '../context.ts';
import { type Progress, showProgress } from '../output/progress.ts';
import { agentProgress } from './agent-progress.ts';
import { summaryJson, summaryText } from './summary.ts';

/** How an agent is run, as far as it is seen. */
interface ScreenOptions {
  readonly once: boolean;
  readonly json: boolean;
}

/** What a run of an agent shows: how far it is, if somebody looks or it has an end, its log above that, and the sum. */
export class AgentScreen {
  readonly #options: ScreenOptions;
  readonly #context: Pick<Context, 'stdout' | 'stderr'>;
  readonly #startMs = systemClock.now();
  #progress: Progress | undefined;

  constructor(options: ScreenOptions, context: Pick<Context, 'stdout' | 'stderr'>) {
    this.#options = options;
    this.#context = context;
  }

  /** Where log lines go, so that they stand above the progress and not in it. */
  get logOutput(): Output {
    const { stderr } = this.#context;
    const write = (chunk: unknown, _encoding: unknown, done: () => void) => {
      if (this.#progress === undefined) stderr.write(chunk);
      else this.#progress.print(stderr, String(chunk));
      done();
    };
    return Object.assign(new Writable({ write, decodeStrings: false }), { isTTY: stderr.isTTY === true });
  }

  start(look: () => AgentLook): void {
    const { stderr } = this.#context;
    const { once } = this.#options;
    if (once || stderr.isTTY === true)
      this.#progress = showProgress({ label: 'lines', read: () => agentProgress(look(), once), stderr });
  }

  /** Ends the progress, and prints the sum. */
  end(report: AgentReport): void {
    this.stop();
    const { stdout } = this.#context;
    const elapsedMs = systemClock.now() - this.#startMs;
    if (this.#options.json) stdout.write(`${JSON.stringify(summaryJson(report, elapsedMs))}\n`);
    else stdout.write(summaryText(report, elapsedMs, stdout.isTTY === true ? stdout.columns : undefined));
  }

  /** Ends the progress. Idempotent. */
  stop(): void {
    this.#progress?.stop();
    this.#progress = undefined;
  }
}
