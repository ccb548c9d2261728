/** What begins files that are compressed in a way that is not unpacked here. */
const FORMS: readonly { readonly name: string; readonly bytes: readonly number[] }[] = [
  { name: 'bzip2', bytes: [0x42, 0x5a, 0x68] },
  { name: 'xz', bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  { name: 'zstd', bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  { name: 'lz4', bytes: [0x04, 0x22, 0x4d, 0x18] },
  { name: 'zip', bytes: [0x50, 0x4b, 0x03, 0x04] },
  { name: '7z', bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c] },
];
const NAMES: Readonly<Record<string, string>> = {
  bz2: 'bzip2',
  xz: 'xz',
  zst: 'zstd',
  lz4: 'lz4',
  zip: 'zip',
  '7z': '7z',
};
const GZIP_FIRST = 0x1f;

/** `soon`: it will be known when there is more of the file. */
export type Packed = 'soon' | { readonly by: string };

/**
 * How a file is compressed, by its first bytes and its name, if that is not unpacked here: what is in it is no text.
 * Undefined: it is text, or gzip.
 */
export function packedAs(path: string, head: Buffer): Packed | undefined {
  if (head.length === 1 && head[0] === GZIP_FIRST) return 'soon';
  const name = NAMES[path.slice(path.lastIndexOf('.') + 1)];
  const form = FORMS.find((each) => each.name === name);
  if (form === undefined) return undefined;
  const isForm = form.bytes.every((byte, index) => head[index] === undefined || head[index] === byte);
  if (!isForm) return undefined;
  return head.length < form.bytes.length ? 'soon' : { by: form.name };
}
