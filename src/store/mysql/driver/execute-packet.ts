/**
 * What comes before the parameters in a packet of COM_STMT_EXECUTE: its header, the command, statement, flags
 * and a count.
 */
export const PACKET_HEAD_BYTES = 14;

const COMMAND_AT = 4;
const COM_STMT_EXECUTE = 0x17;
/** Of every packet: its length and its number. */
const HEADER_BYTES = 4;

/** A packet of the driver, before it is sent. */
interface Packet {
  buffer: Buffer;
  end: number;
  length(): number;
}

/** What every connection of the driver has, though its types do not tell. */
interface PacketWriter {
  writePacket(packet: Packet): void;
}

/**
 * Parameters that are encoded already, for a prepared statement. The driver prepares it, sends it and reads
 * the answer as ever; only into the one packet that it would send without parameters, these are put.
 */
export class ExecutePacket {
  #waiting: Buffer | undefined;

  /** Throws if the driver is not the one that this is made for. */
  constructor(connection: object) {
    if (!isPacketWriter(connection)) throw unknownDriver();
    const write = connection.writePacket.bind(connection);
    connection.writePacket = (packet) => {
      write(packet.buffer[COMMAND_AT] === COM_STMT_EXECUTE ? this.#filled(packet) : packet);
    };
  }

  /**
   * Executes one statement, for which the driver is given no parameters, with those that follow the first
   * `PACKET_HEAD_BYTES` of `packet`. It must stay as it is until the promise settles.
   */
  async use<T>(packet: Buffer, execute: () => Promise<T>): Promise<T> {
    this.#waiting = packet;
    try {
      return await execute();
    } finally {
      this.#waiting = undefined;
    }
  }

  #filled(packet: Packet): Packet {
    const parameters = this.#waiting;
    if (parameters === undefined) return packet;
    if (packet.end !== PACKET_HEAD_BYTES) throw unknownDriver();
    this.#waiting = undefined;
    packet.buffer.copy(parameters);
    packet.buffer = parameters;
    packet.end = parameters.length;
    packet.length = () => splitLength(parameters.length - HEADER_BYTES);
    return packet;
  }
}

/**
 * What the driver has to take for the length of a packet with `bytes` after its header, so that it splits it
 * as the protocol wants: it makes a part of every 16 MiB - 1 that have begun, and the last part must be
 * shorter than that, if need be empty. By itself it adds the header's length, and just below 16 MiB makes an
 * empty part too many, for which the server ends the connection.
 */
function splitLength(bytes: number): number {
  return bytes + 1;
}

function isPacketWriter(connection: object): connection is PacketWriter {
  return 'writePacket' in connection && typeof connection.writePacket === 'function';
}

function unknownDriver(): Error {
  return new Error('this version of the MySQL driver sends statements in another way');
}
