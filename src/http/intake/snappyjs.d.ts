declare module 'snappyjs' {
  /** Throws if the bytes are damaged, or say that they unpack to more than `maxLength` bytes. */
  export function uncompress(compressed: Uint8Array, maxLength?: number): Uint8Array;
  export function compress(uncompressed: Uint8Array): Uint8Array;
}
