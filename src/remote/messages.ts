import * as z from 'zod';
import { notOurs, ServerClient } from './client.ts';

/** The levels of messages, lowest first. */
export const MESSAGE_LEVELS = ['info', 'warning', 'error'] as const;

export type MessageLevel = (typeof MESSAGE_LEVELS)[number];

/** A message to be stored. */
export interface NewMessage {
  /** An integer of 64 bits. */
  readonly clientId: number | bigint;
  readonly level: MessageLevel;
  readonly message: string;
}

/** A message that is stored. */
export interface Message extends Omit<NewMessage, 'clientId'> {
  /** Null if somebody else wrote it into the service, without one. */
  readonly clientId: number | bigint | null;
  /** UTC: `YYYY-MM-DD HH:MM:SS`, with microseconds unless they are zero. */
  readonly createdAt: string;
}

const PATH = 'messages';
const MESSAGES = z.array(
  z
    .object({
      clientid: z.union([z.int(), z.bigint()]).nullable(),
      creation_datetime: z.string(),
      loglevel: z.enum(MESSAGE_LEVELS),
      message: z.string(),
    })
    .transform(({ clientid: clientId, creation_datetime: createdAt, loglevel: level, message }) => {
      return { clientId, createdAt, level, message };
    }),
);

/** The messages of an `lms serve`: stores, reads and clears them. All reject as `ServerClient.get` does. */
export class MessagesClient {
  readonly #client: ServerClient;
  readonly #url: string;

  /** Throws USAGE if it is no URL of HTTP. */
  constructor(url: string, options: { readonly token?: string | undefined } = {}) {
    this.#client = new ServerClient(url, options);
    this.#url = url;
  }

  /**
   * Stores a message. Resolves to whether it can be read, after waiting for that at most so many seconds;
   * undefined if nobody waited. Either way it will not be lost.
   */
  async store(
    { clientId, level, message }: NewMessage,
    { signal, waitSeconds }: { readonly signal: AbortSignal; readonly waitSeconds?: number | undefined },
  ): Promise<boolean | undefined> {
    const body = new URLSearchParams({ clientid: String(clientId), loglevel: level, message }).toString();
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      ...(waitSeconds !== undefined && { prefer: `wait=${waitSeconds}` }),
    };
    const response = await this.#client.send(PATH, { method: 'POST', headers, body }, signal);
    const stored = response.headers.get('lms-stored');
    await this.#client.text(response, signal);
    return stored === null ? undefined : stored === 'true';
  }

  /** All of them, in the order in which they came; or those of a level and above. */
  async get(
    { minLevel }: { readonly minLevel?: MessageLevel | undefined },
    signal: AbortSignal,
  ): Promise<readonly Message[]> {
    const query = { min_level: minLevel };
    const response = await this.#client.send(PATH, { method: 'GET', query }, signal);
    const { data } = MESSAGES.safeParse(parsed(await this.#client.text(response, signal)));
    if (data === undefined) throw notOurs(this.#url);
    return data;
  }

  /** Deletes all of them. */
  async clear(signal: AbortSignal): Promise<void> {
    const response = await this.#client.send(PATH, { method: 'DELETE' }, signal);
    await this.#client.text(response, signal);
  }
}

/** JSON, of which integers that a number cannot hold are of type bigint. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text, (_name, value: unknown, context?: { readonly source?: string }) =>
      typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
        ? BigInt(context?.source ?? value)
        : value,
    );
  } catch {
    return undefined;
  }
}
