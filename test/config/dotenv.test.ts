import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDotenv } from '../../src/config/dotenv.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lms-test-dotenv-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(bytes: Uint8Array): string {
  const path = join(folder, '.env');
  writeFileSync(path, bytes);
  return path;
}

const TEXT = 'BATCHSIZE=10\r\nPUBSUB_TOPIC=größe\r\n';
const UTF16LE = Buffer.from(TEXT, 'utf16le');
const UTF16BE = Buffer.from(UTF16LE).swap16();

describe('.env', () => {
  it.each([
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${TEXT}`)],
    ['UTF-16 as Windows editors write it', Buffer.concat([Buffer.of(0xff, 0xfe), UTF16LE])],
    ['UTF-16 the other way round', Buffer.concat([Buffer.of(0xfe, 0xff), UTF16BE])],
    ['UTF-16 without a mark', UTF16LE],
  ])('is read in %s', (_name, bytes) => {
    expect(readDotenv(file(bytes))).toEqual({ BATCHSIZE: '10', PUBSUB_TOPIC: 'größe' });
  });

  it.each([
    ['Latin-1', Buffer.from(TEXT, 'latin1')],
    ['something binary', Buffer.from('BATCHSIZE=1\n\0\0\0')],
    ['half of UTF-16', Buffer.concat([Buffer.of(0xff, 0xfe), UTF16LE.subarray(0, 21)])],
  ])('is refused in %s, with its path', (_name, bytes) => {
    const path = file(bytes);
    expect(() => readDotenv(path)).toThrow(`${path} is not text in UTF-8: save it in that encoding`);
  });

  it('may be missing', () => {
    expect(readDotenv(join(folder, 'nowhere'))).toEqual({});
  });

  it('is refused where it is a folder', () => {
    expect(() => readDotenv(folder)).toThrow('cannot be read: EISDIR');
  });
});
