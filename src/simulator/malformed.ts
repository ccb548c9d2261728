/** What a malformed message is made from. */
export interface Draft {
  readonly serviceName: string;
  readonly seq: number;
  readonly timestamp: string;
}

/**
 * The ways in which a simulated message can be wrong. Each is something that a real publisher has got wrong,
 * and that a decoder must reject.
 */
export const MALFORMED_KINDS = [
  'not JSON',
  'cut off',
  'cut inside a character',
  'not an object',
  'missing field',
  'unknown severity',
  'bad timestamp',
  'wrong type',
] as const;

/** One of the ways in which a simulated message can be wrong. */
export type MalformedKind = (typeof MALFORMED_KINDS)[number];

/** The bytes of a message that is wrong in the given way. */
export function malformed(kind: MalformedKind, draft: Draft): Uint8Array {
  const { serviceName, seq, timestamp } = draft;
  const payload = `Hello from ${serviceName} (malformed message #${String(seq)})`;
  const message = { service_name: serviceName, payload, severity: 'info', timestamp };
  switch (kind) {
    case 'not JSON':
      return Buffer.from(payload);
    case 'cut off':
      return json(message).subarray(0, -1);
    case 'cut inside a character':
      // The last byte goes, and with it the second half of the é.
      return Buffer.from(`${payload} é`).subarray(0, -1);
    case 'not an object':
      return json(payload);
    case 'missing field':
      return json({ service_name: serviceName, payload, timestamp });
    case 'unknown severity':
      return json({ ...message, severity: 'catastrophic' });
    case 'bad timestamp':
      return json({ ...message, timestamp: 'yesterday' });
    case 'wrong type':
      return json({ ...message, service_name: seq });
  }
}

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
