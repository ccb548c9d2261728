import { status } from '@grpc/grpc-js';
import { type ErrorCode, LmsError } from '../errors/catalogue.ts';

/**
 * gRPC statuses after which the same request can pass later: the service's own list, where UNKNOWN and
 * INTERNAL come from connections that were cut.
 */
const TRANSIENT: ReadonlySet<unknown> = new Set([
  status.CANCELLED,
  status.UNKNOWN,
  status.DEADLINE_EXCEEDED,
  status.RESOURCE_EXHAUSTED,
  status.ABORTED,
  status.INTERNAL,
  status.UNAVAILABLE,
]);

/** The gRPC status code of a failed call, or undefined if it failed before it became a call. */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'number' ? error.code : undefined;
}

/** Whether a call that failed with `error` may pass if it is made again. */
export function isTransient(error: unknown): boolean {
  return TRANSIENT.has(statusOf(error));
}

/**
 * What a failed call means to the person who runs the command.
 *
 * @param doing What was being done and to what, to follow "cannot": `publish to
 * projects/lms/topics/log-topic`.
 * @param thing What does not exist if the answer is NOT_FOUND: `topic projects/lms/topics/log-topic`.
 */
export function pubsubError(error: unknown, doing: string, thing?: string): LmsError {
  if (error instanceof LmsError) return error;
  const code = errorCode(error);
  if (code === 'PUBSUB_NOT_FOUND' && thing !== undefined) {
    return new LmsError(code, `${thing} does not exist`, { cause: error });
  }
  return new LmsError(code, `cannot ${doing}: ${detailsOf(error)}`, { cause: error });
}

function errorCode(error: unknown): ErrorCode {
  switch (statusOf(error)) {
    case status.DEADLINE_EXCEEDED:
    case status.UNAVAILABLE:
      return 'PUBSUB_UNREACHABLE';
    case status.NOT_FOUND:
      return 'PUBSUB_NOT_FOUND';
    case status.PERMISSION_DENIED:
    case status.UNAUTHENTICATED:
      return 'PUBSUB_DENIED';
    case undefined:
      return lacksCredentials(error) ? 'PUBSUB_DENIED' : 'PUBSUB_FAILED';
    default:
      return 'PUBSUB_FAILED';
  }
}

/** Google's library has no code for "this machine has no credentials". */
function lacksCredentials(error: unknown): boolean {
  return error instanceof Error && /credentials/i.test(error.message);
}

/** gRPC's own words for it, on one line and without its wrapping. */
function detailsOf(error: unknown): string {
  const hasDetails = typeof error === 'object' && error !== null && 'details' in error;
  const details = hasDetails && typeof error.details === 'string' ? error.details : '';
  const text = details !== '' ? details : error instanceof Error ? error.message : String(error);
  return text
    .replace(/^No connection established\. Last error: (Error: )?/, '')
    .replace(/\. Resolution note:\s*$/, '')
    .replace(/\s+/g, ' ')
    .trim();
}
