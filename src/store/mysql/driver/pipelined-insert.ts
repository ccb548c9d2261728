import type { ResultSetHeader } from 'mysql2';
import { ExecutePacket } from './execute-packet.ts';

/** Enough for statements of messages of 1 KB. */
const MAX_KEPT_BYTES = 4 * 1024 * 1024;

/** What is used of a connection of the driver. */
interface Connection {
  prepare(sql: string, callback: (error: Error | null, statement: object) => void): unknown;
}

/** What the server says of an INSERT. */
export type Inserted = Pick<ResultSetHeader, 'affectedRows' | 'info'>;

/** Runs a prepared statement on the connection, which the driver is given no parameters for. */
type Execute = (sql: string, values: []) => Promise<Inserted>;

/** Writes the packet of a statement into `room` and returns the part of it that the packet takes. */
type Encode = (room: Buffer) => Buffer;

/**
 * INSERTs of one connection, one after the other: while the server is at work on one, the next is encoded.
 * The driver would make an object of each parameter first, so it is given the finished packet. Both buffers
 * are kept here, because the one that was sent must stay as it is until its answer is there.
 */
export class PipelinedInsert {
  readonly #connection: Connection;
  readonly #execute: Execute;
  readonly #packets: ExecutePacket;
  readonly #prepared = new Set<string>();
  /** Not in use by the driver. */
  #free = Buffer.alloc(0);
  /** In use by the driver while `#isSending`. */
  #sent = Buffer.alloc(0);
  #next: Buffer | undefined;
  #isSending = false;

  constructor(connection: Connection, execute: Execute) {
    this.#connection = connection;
    this.#execute = execute;
    this.#packets = new ExecutePacket(connection);
  }

  /**
   * Encodes the statement to send next, which takes at most `maxBytes`, in place of one that was never sent.
   */
  encode(maxBytes: number, encode: Encode): void {
    this.#next = encode(this.#room(maxBytes));
  }

  /** Sends what was encoded last, as the parameters of `sql`. Not before the one before it is answered. */
  async send(sql: string): Promise<Inserted> {
    const packet = this.#next;
    if (packet === undefined || this.#isSending) throw new Error('there is no packet to send now');
    this.#next = undefined;
    [this.#free, this.#sent] = [this.#sent, this.#free];
    this.#isSending = true;
    try {
      if (!this.#prepared.has(sql)) await this.#prepare(sql);
      return await this.#packets.use(packet, () => this.#execute(sql, []));
    } finally {
      this.#isSending = false;
    }
  }

  /** New buffers each time would be most of what memory is asked for. A large one is not kept. */
  #room(bytes: number): Buffer {
    if (bytes > MAX_KEPT_BYTES) return Buffer.allocUnsafeSlow(bytes);
    if (this.#free.length < bytes) this.#free = Buffer.allocUnsafeSlow(bytes);
    return this.#free;
  }

  /**
   * Prepares a statement whose parameters the driver need not know: it would keep a description of each,
   * which for all that a connection prepares is 14,000 objects.
   */
  async #prepare(sql: string): Promise<void> {
    const statement = await new Promise<object>((resolve, reject) => {
      this.#connection.prepare(sql, (error, prepared) => {
        if (error) reject(error);
        else resolve(prepared);
      });
    });
    Object.assign(statement, { parameters: [] });
    this.#prepared.add(sql);
  }
}
