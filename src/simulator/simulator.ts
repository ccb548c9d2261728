import type { OutgoingMessage } from '../logs/message.ts';
import { SEVERITIES, type Severity } from '../logs/severity.ts';
import { numbered } from '../runs/run-ids.ts';
import { malformed, MALFORMED_KINDS } from './malformed.ts';
import { type Random, seededRandom } from './random.ts';
import { timestamper } from './timestamps.ts';

/** What to simulate. */
export interface SimulatorOptions {
  /** Name of the run, unique to it: see `newRun`. */
  readonly run: string;
  /** At least one. */
  readonly services: readonly string[];
  /** Share of malformed messages, 0 to 1. */
  readonly invalidShare: number;
  /** Integer. The same seed makes the same choices of service, severity and fault. */
  readonly seed: number;
  /** Unix time in microseconds; the machine's own if left out. */
  readonly nowMicros?: () => number;
}

/**
 * A service and a severity: what a valid message is counted as. The simulator has one object for each pair.
 */
export interface ServiceSeverity {
  readonly serviceName: string;
  readonly severity: Severity;
}

/** A message, and what it has to be counted as once its publish is confirmed. */
export interface SimulatedMessage extends OutgoingMessage {
  readonly countsAs: ServiceSeverity | 'invalid';
}

/** The parts of a message's JSON that are the same for every message of a service and severity. */
interface Template {
  readonly countsAs: ServiceSeverity;
  readonly untilNumber: string;
  readonly untilTimestamp: string;
}

/**
 * Makes the messages of simulated services, numbered from 1. Each has the time at which it was made. The JSON
 * is put together from ready parts: at a million messages, `JSON.stringify` alone would take as long as all
 * the rest.
 */
export class Simulator {
  readonly #run: string;
  readonly #templates: readonly Template[];
  readonly #invalidShare: number;
  readonly #random: Random;
  readonly #timestamp: () => string;
  #seq = 0;

  constructor(options: SimulatorOptions) {
    this.#run = options.run;
    this.#templates = options.services.flatMap((name) =>
      SEVERITIES.map((severity) => template(name, severity)),
    );
    this.#invalidShare = options.invalidShare;
    this.#random = seededRandom(options.seed);
    this.#timestamp = timestamper(options.nowMicros);
  }

  /** The next `count` messages. */
  make(count: number): SimulatedMessage[] {
    const messages: SimulatedMessage[] = [];
    for (let made = 0; made < count; made += 1) messages.push(this.#next());
    return messages;
  }

  #next(): SimulatedMessage {
    this.#seq += 1;
    const attributes = numbered(this.#run, this.#seq);
    // Always the same number of draws, so that the share of invalid messages does not change what the valid
    // ones are.
    const chosen = pick(this.#templates, this.#random());
    const isInvalid = this.#random() < this.#invalidShare;
    const kind = pick(MALFORMED_KINDS, this.#random());
    const timestamp = this.#timestamp();
    if (isInvalid) {
      const draft = { serviceName: chosen.countsAs.serviceName, seq: this.#seq, timestamp };
      return { data: malformed(kind, draft), attributes, countsAs: 'invalid' };
    }
    const text = `${chosen.untilNumber}${attributes.seq}${chosen.untilTimestamp}${timestamp}"}`;
    return { data: Buffer.from(text), attributes, countsAs: chosen.countsAs };
  }
}

function template(serviceName: string, severity: Severity): Template {
  const quoted = JSON.stringify(serviceName);
  return {
    countsAs: { serviceName, severity },
    untilNumber: `{"service_name":${quoted},"payload":"Hello from ${quoted.slice(1, -1)} (message #`,
    untilTimestamp: `)","severity":"${severity}","timestamp":"`,
  };
}

/** The element at the share `at` (0 to 1, excluded) of a list that is not empty. */
function pick<T>(list: readonly T[], at: number): T {
  const picked = list[Math.floor(at * list.length)];
  if (picked === undefined) throw new RangeError('there is nothing to pick from');
  return picked;
}
