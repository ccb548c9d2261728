/** What comes before the parameters in a packet of COM_STMT_EXECUTE: its header, the command, statement, flags and a count. */
export const PACKET_HEAD_BYTES = 14;

const COMMAND_AT = 4;
const COM_STMT_EXECUTE = 0x17;

/** A packet of the driver, before it is sent. */
interface Packet {
  buffer: Buffer;
  end: number;
}

/** What every connection of the driver has, though its types do not tell. */
interface PacketWriter {
  writePacket(packet: Packet): void;
}

/**
 * Parameters that are encoded already, for a prepared statement. The driver prepares it, sends it and reads the answer as ever; only
 * into the one packet that it would send without parameters, these are put.
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
   * Executes one statement, for which the driver is given no parameters, with those that follow the first `PACKET_HEAD_BYTES` of
   * `packet`. It must stay as it is until the promise settles.
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
    return packet;
  }
}

function isPacketWriter(connection: object): connection is PacketWriter {
  return 'writePacket' in connection && typeof connection.writePacket === 'function';
}

function unknownDriver(): Error {
  return new Error('this version of the MySQL driver sends statements in another way');
}
