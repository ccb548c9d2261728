import { formatNamed } from '../../../src/agent/formats/all.ts';
import type { FormatName, LineContext, Reading } from '../../../src/agent/formats/format.ts';
import { UTC } from '../../../src/agent/formats/zone.ts';

/** A line that was read on 5 November 2026 by a machine whose zone is UTC. */
export const CONTEXT: LineContext = { observedMs: Date.UTC(2026, 10, 5, 13, 45, 30), zone: UTC };

/** What a line says in a format, as it would be stored: without what is undefined. */
export function read(format: FormatName, line: string, context = CONTEXT): Partial<Reading> | undefined {
  const reading = formatNamed(format).read(line, context);
  return reading && (JSON.parse(JSON.stringify(reading)) as Partial<Reading>);
}
