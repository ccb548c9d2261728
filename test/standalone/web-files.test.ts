import { readdir, readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';

const BUILT = new URL('../../dist/web/', import.meta.url);
/** Of everything that a browser loads before it shows something, compressed by gzip. */
const MAX_FIRST_LOAD_BYTES = 90 * 1024;
/** Names of things, which nobody looks up, and the hosts of examples. */
const NO_HOSTS = /^(?:www\.w3\.org|(?:[\w-]+\.)*example(?:\.(?:com|org|net))?)$/;

/** The page as it is built: its files by their paths, without those that are compressed. */
let files: ReadonlyMap<string, string>;

beforeAll(async () => {
  const names = await readdir(BUILT, { recursive: true });
  const texts = names.filter((name) => /\.(?:html|js|css|svg|json)$/.test(name));
  files = new Map(
    await Promise.all(
      texts.map(async (name) => [name, await readFile(new URL(name, BUILT), 'utf8')] as const),
    ),
  );
});

function contentOf(name: string): string {
  const content = files.get(name);
  if (content === undefined) throw new Error(`dist/web has no ${name}: make build`);
  return content;
}

/** What is loaded with a file, whatever anybody does then: what its tags, static imports and styles name. */
function loadedBy(name: string): readonly string[] {
  const named = name.endsWith('.html')
    ? /(?:src|href)="\.\/([^"]+)"/g
    : /(?:\bfrom|\bimport|@import|url\()\s*["']?\.\/([\w.-]+\.(?:js|css|svg|png))/g;
  const folder = name.slice(0, name.lastIndexOf('/') + 1);
  return [...contentOf(name).matchAll(named)].map(([, path = '']) => `${folder}${path}`);
}

function firstLoad(): ReadonlySet<string> {
  const found = new Set(['index.html']);
  // A set is walked to its end, and what is added meanwhile is walked, too.
  for (const name of found) for (const loaded of loadedBy(name)) found.add(loaded);
  return found;
}

describe('the built page', () => {
  it(`takes ${String(MAX_FIRST_LOAD_BYTES)} bytes at most until it is there`, () => {
    const sizes = [...firstLoad()].map((name) => [name, gzipSync(contentOf(name)).length] as const);
    const total = sizes.reduce((sum, [, size]) => sum + size, 0);
    expect(sizes.length).toBeGreaterThan(2);
    expect(total, JSON.stringify(Object.fromEntries(sizes))).toBeLessThanOrEqual(MAX_FIRST_LOAD_BYTES);
  });

  it('names no other host, in none of its files', () => {
    const hosts = [...files].flatMap(([name, content]) =>
      [...content.matchAll(/(?:\b(?:https?|wss?):|["'`(=])\/\/([\w-]+(?:\.[\w-]+)+|localhost)/gi)].map(
        ([, host = '']) => `${host} in ${name}`,
      ),
    );
    expect(hosts.filter((each) => !NO_HOSTS.test(each.split(' ')[0] ?? ''))).toEqual([]);
  });

  it('has a document without a script or a style of its own, and with relative addresses alone', () => {
    const html = contentOf('index.html');
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
    const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
    expect(addresses.length).toBeGreaterThan(2);
    for (const address of addresses) expect(address).toMatch(/^\.\/assets\/[\w.-]+$/);
  });

  it('is compressed as it was built', async () => {
    const names = await readdir(BUILT, { recursive: true });
    const large = [...files].filter(([, content]) => content.length > 1_000).map(([name]) => name);
    expect(names).toEqual(expect.arrayContaining(large.flatMap((name) => [`${name}.br`, `${name}.gz`])));
    for (const name of large) {
      const packed = await readFile(new URL(`${name}.gz`, BUILT));
      expect(packed.equals(gzipSync(contentOf(name), { level: 9 })), name).toBe(true);
    }
  });
});
