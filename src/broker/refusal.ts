import { Metadata, status } from '@grpc/grpc-js';
import { MalformedMessage } from '../protobuf/wire.ts';

/** A gRPC status other than OK: what a call or a stream ends with. */
export interface FailedStatus {
  /** A code of grpc-js's `status`. */
  readonly code: number;
  readonly details: string;
  /** What goes with it, in trailing metadata. */
  readonly metadata?: Metadata;
}

/** As gRPC says it. */
const MALFORMED = 'Failed to parse the request: it is no valid protobuf message.';

/** A request that is answered with a status other than OK. */
export class Refusal extends Error implements FailedStatus {
  override readonly name = 'Refusal';
  readonly code: number;
  readonly details: string;
  readonly metadata: Metadata;

  constructor(code: number, details: string, metadata = new Metadata()) {
    super(details);
    this.code = code;
    this.details = details;
    this.metadata = metadata;
  }
}

/** @param name Full name of a topic or subscription; the service says only its last part. */
export function notFound(name: string): Refusal {
  return new Refusal(status.NOT_FOUND, `Resource not found (resource=${lastPart(name)}).`);
}

export function alreadyExists(name: string): Refusal {
  return new Refusal(
    status.ALREADY_EXISTS,
    `Resource already exists in the project (resource=${lastPart(name)}).`,
  );
}

export function invalid(details: string): Refusal {
  return new Refusal(status.INVALID_ARGUMENT, details);
}

/** Whoever asked may try again. */
export function unavailable(details: string): Refusal {
  return new Refusal(status.UNAVAILABLE, details);
}

/** For what the service has and the embedded broker has not: ignored, it would be taken for done. */
export function unimplemented(feature: string): Refusal {
  return new Refusal(status.UNIMPLEMENTED, `The embedded broker has no ${feature}.`);
}

/** The status for whatever was thrown: what is no refusal is a bug of ours, and INTERNAL for the client. */
export function failedStatus(error: unknown): FailedStatus {
  if (error instanceof Refusal) {
    const { code, details, metadata } = error;
    return { code, details, metadata };
  }
  if (error instanceof MalformedMessage) return { code: status.INTERNAL, details: MALFORMED };
  return { code: status.INTERNAL, details: String(error) };
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
