import { readdir, readFile, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/*
 * Compresses what was built, once and as far as it goes, so that no server does it for each request. Its argument
 * is the folder; beside each file that becomes smaller are then two more, `.br` and `.gz`.
 */

/** Images are compressed as they are. */
const TEXTS = ['.html', '.js', '.css', '.svg', '.json'];
const { BROTLI_PARAM_QUALITY: quality, BROTLI_MAX_QUALITY: best, BROTLI_PARAM_SIZE_HINT: size } = constants;

async function compress(path: string): Promise<void> {
  const plain = await readFile(path);
  const params = { [quality]: best, [size]: plain.length };
  const versions = [
    ['.br', brotliCompressSync(plain, { params })],
    ['.gz', gzipSync(plain, { level: constants.Z_BEST_COMPRESSION })],
  ] as const;
  for (const [suffix, version] of versions)
    if (version.length < plain.length) await writeFile(`${path}${suffix}`, version);
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node compress.ts <folder>');
const entries = await readdir(folder, { recursive: true, withFileTypes: true });
for (const entry of entries)
  if (entry.isFile() && TEXTS.includes(extname(entry.name)))
    await compress(join(entry.parentPath, entry.name));
