import { Writable } from 'node:stream';

/** An output that keeps what is written to it as text. */
export class Captured extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
