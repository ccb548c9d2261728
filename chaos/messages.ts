import type { OutgoingMessage } from '../src/logs/message.ts';
import { SEVERITIES } from '../src/logs/severity.ts';
import { numbered } from '../src/runs/run-ids.ts';
import { malformed, MALFORMED_KINDS } from '../src/simulator/malformed.ts';
import type { Draw } from './draw.ts';

/** The row that a message has to become, as the database shows it. */
export interface ExpectedRow {
  readonly service_name: string;
  readonly severity: string;
  readonly timestamp: string;
  readonly payload: string;
}

/** A message of a round. */
export interface ChaosMessage {
  readonly eventId: string;
  readonly message: OutgoingMessage;
  /** Undefined for a poison one, which must end in the dead-letter topic. */
  readonly row: ExpectedRow | undefined;
}

/**
 * A CHECK constraint of the chaos database refuses payloads that begin like this: rows that only the database
 * can judge.
 */
export const REFUSED_PREFIX = 'refuse this';

const POISON_SHARE = 0.02;
const LARGE_SHARE = 0.002;
const LARGE_CHARACTERS = 30_000;
/** Names that a careless collation takes for each other; and text that is not ASCII. */
const SERVICES = ['alpha', 'Alpha', 'bravo', 'chârlie', 'charlie', 'дельта'];
/** Event times go up in steps that spread a round over some minutes of log time. */
const STEP_MICROS = 37_003;
const EPOCH_SECONDS = Date.UTC(2026, 0, 1) / 1000;
const ROUND_SECONDS = 3_600;

/** The messages of a round, numbered from 1: always the same for the same draw. */
export function chaosMessages(run: string, round: number, count: number, draw: Draw): ChaosMessage[] {
  return Array.from({ length: count }, (_, index) => {
    const seq = index + 1;
    const timestamp = eventTime(round, seq);
    const attributes = numbered(run, seq);
    const eventId = attributes.event_id;
    const serviceName = draw.pick(SERVICES);
    const severity = draw.pick(SEVERITIES);
    const isPoison = draw.chance(POISON_SHARE);
    if (isPoison && draw.chance(0.5)) {
      const data = malformed(draw.pick(MALFORMED_KINDS), { serviceName, seq, timestamp });
      return { eventId, message: { data, attributes }, row: undefined };
    }
    const filler = draw.chance(LARGE_SHARE) ? 'long '.repeat(LARGE_CHARACTERS / 5) : '';
    const payload = `${isPoison ? REFUSED_PREFIX : 'message'} ${eventId} 'quoted' "\\" 🪵 ${filler}`;
    const data = Buffer.from(JSON.stringify({ service_name: serviceName, payload, severity, timestamp }));
    const row = { service_name: serviceName, severity, timestamp: columnTime(timestamp), payload };
    return { eventId, message: { data, attributes }, row: isPoison ? undefined : row };
  });
}

/** RFC 3339 with microseconds; rounds do not overlap. */
function eventTime(round: number, seq: number): string {
  const micros = seq * STEP_MICROS;
  const seconds = EPOCH_SECONDS + round * ROUND_SECONDS + Math.floor(micros / 1e6);
  const second = new Date(seconds * 1000).toISOString().slice(0, 19);
  return `${second}.${String(micros % 1e6).padStart(6, '0')}Z`;
}

function columnTime(timestamp: string): string {
  return timestamp.replace('T', ' ').replace('Z', '');
}
