import type { JsonObject } from './json.ts';
import { memberAt, withoutMembers } from './members.ts';

/**
 * What formats call the id of the trace that an event belongs to, the most explicit first. A dot walks into
 * an object.
 */
const NAMES = [
  'traceId',
  'traceID',
  'TraceId',
  'trace.id',
  'dd.trace_id',
  'logging.googleapis.com/trace',
  'trace',
  'traceparent',
  'otelTraceID',
  'otel.trace_id',
  '@tr',
  'mdc.trace_id',
  'mdc.traceId',
  'context.trace_id',
] as const;

/** `projects/PROJECT/traces/TRACE`, as Google has it. */
const RESOURCE_NAME = /^projects\/[^/]+\/traces\/([^/]+)$/;
/** W3C Trace Context: version, trace, span, flags. */
const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}$/;

/**
 * Tags whose trace is called `trace_id`, whatever the format called it. What was there is kept where it says
 * more than the id. Tags that have a `trace_id` already stay as they are.
 */
export function withTraceId(tags: JsonObject): JsonObject {
  if (tags['trace_id'] !== undefined) return tags;
  for (const name of NAMES) {
    const value = memberAt(tags, name);
    if (!isId(value)) continue;
    const inner =
      typeof value === 'string' ? (RESOURCE_NAME.exec(value) ?? TRACEPARENT.exec(value))?.[1] : undefined;
    const named = withoutMembers(tags, inner === undefined ? [name] : []);
    named['trace_id'] = inner ?? value;
    return named;
  }
  return tags;
}

/** Text or a number, which may be one that stands for its own spelling: those alone have no prototype. */
function isId(value: unknown): boolean {
  if (typeof value === 'string') return value !== '';
  if (typeof value !== 'object' || value === null) return typeof value === 'number';
  return Object.getPrototypeOf(value) === null;
}
