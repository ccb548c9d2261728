/** Bytes before the body of a packet: its length and its place in an exchange. */
export const HEADER_BYTES = 4;
/** How the answer to a login or a statement begins that went well. */
export const OK = 0x00;
const COM_QUERY = 0x03;

/** Cuts what arrives into the packets of MySQL's protocol. */
export class Packets {
  #rest: Buffer = Buffer.alloc(0);

  read(bytes: Buffer): Buffer[] {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    const packets: Buffer[] = [];
    while (this.#rest.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + this.#rest.readUIntLE(0, 3);
      if (this.#rest.length < end) break;
      packets.push(this.#rest.subarray(0, end));
      this.#rest = this.#rest.subarray(end);
    }
    return packets;
  }
}

/** The packet that asks for a statement. */
export function queryPacket(sql: string): Buffer {
  const body = Buffer.from(sql);
  const header = Buffer.from([0, 0, 0, 0, COM_QUERY]);
  header.writeUIntLE(body.length + 1, 0, 3);
  return Buffer.concat([header, body]);
}
