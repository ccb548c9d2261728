import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PAGES = globSync(['*.md', 'docs/**/*.md', 'examples/*.md', '.github/**/*.md'], {
  cwd: ROOT,
}).toSorted();
const read = (page: string) => readFileSync(join(ROOT, page), 'utf8');

/** The anchors that headings of a page have, as GitHub makes them. */
function anchors(page: string): string[] {
  const headings = [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe.each(PAGES)('%s', (page) => {
  it('links to files and headings that are there', () => {
    const links = [...read(page).matchAll(/\]\((?!\w+:)([^)#]*)(?:#([^)]+))?\)/g)];
    for (const [link, path = '', anchor] of links) {
      const target = path === '' ? page : join(dirname(page), path);
      expect(existsSync(join(ROOT, target)), link).toBe(true);
      if (anchor !== undefined) expect(anchors(target), link).toContain(anchor);
    }
  });
});

/** What a path in a document may lead into. */
const ROOMS = ['src', 'test', 'bench', 'chaos', 'scripts', 'docs', 'deploy', 'examples', 'e2e'];
const FILES = globSync(`{${ROOMS.join(',')}}/**`, { cwd: ROOT });

/** Whether there is a file or folder of this name; a file may be named by the end of its path. */
function isThere(path: string): boolean {
  return existsSync(join(ROOT, path)) || FILES.some((file) => file.endsWith(`/${path}`));
}

/** Texts in backticks that are a path of this checkout, or a file of source code. */
function pathsIn(page: string): string[] {
  const words = [...read(page).matchAll(/`([\w.-]+(?:\/[\w.-]*)*)`/g)].map(([, word = '']) => word);
  return words.filter((word) => ROOMS.includes(word.split('/')[0] ?? '') || /\w\.(?:ts|cjs)$/.test(word));
}

describe('the documents', () => {
  it.each(PAGES)('%s names files and folders that are there', (page) => {
    const missing = pathsIn(page).filter((path) => !isThere(path));
    expect(missing).toEqual([]);
  });

  it('name many, with the whole path and without', () => {
    const paths = PAGES.flatMap(pathsIn);
    expect(paths.length).toBeGreaterThan(150);
    expect(paths).toEqual(
      expect.arrayContaining(['src/logs/formats/all.ts', 'docs/errors.md', 'worker-model.test.ts']),
    );
  });
});

describe('docs/reliability.md', () => {
  it('names tests that are there', () => {
    const named = [
      ...read('docs/reliability.md').matchAll(/^\|[^|]+\| `([\w./-]+\.ts)`: (?:… )?(.*?) *\|$/gm),
    ];
    expect(named.length).toBeGreaterThan(15);
    for (const [, file = '', title = ''] of named) expect(read(join('test', file))).toContain(title);
  });
});

describe('CONTRIBUTING.md', () => {
  it('names targets of the Makefile', () => {
    const targets = [...read('Makefile').matchAll(/^([a-z0-9-]+):.*## /gm)].map(([, name]) => name);
    const named = [...read('CONTRIBUTING.md').matchAll(/(?:^|`|[A-Z_]+=\w+ )make ([a-z-]+)/gm)].map(
      ([, name]) => name,
    );
    expect(named).toContain('check');
    expect(targets).toEqual(expect.arrayContaining(named));
  });
});
