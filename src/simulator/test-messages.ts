import type { OutgoingMessage } from '../logs/message.ts';
import { numbered } from '../runs/run-ids.ts';
import { timestamper } from './timestamps.ts';

/**
 * Makes valid messages of the service `Admin` to try a set-up with, numbered from 1: `Hello world 1` and so
 * on.
 */
export function testMessages(run: string, nowMicros?: () => number): (count: number) => OutgoingMessage[] {
  const timestamp = timestamper(nowMicros);
  let seq = 0;
  const next = (): OutgoingMessage => {
    seq += 1;
    const payload = `Hello world ${String(seq)}`;
    const message = { service_name: 'Admin', payload, severity: 'info', timestamp: timestamp() };
    return { data: Buffer.from(JSON.stringify(message)), attributes: numbered(run, seq) };
  };
  return (count) => Array.from({ length: count }, next);
}
