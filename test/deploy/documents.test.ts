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
      .replace(/[^\p{L}\p{N}\- ]/gu, '')
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

describe('CONTRIBUTING.md', () => {
  it('names files and folders that are there', () => {
    const paths = [
      ...read('CONTRIBUTING.md').matchAll(/`?\b((?:src|test|docs|deploy|scripts)\/[\w./-]+)/g),
    ].map(([, path = '']) => path);
    expect(paths.length).toBeGreaterThan(20);
    const missing = paths.filter(
      (path) => !existsSync(join(ROOT, path)) && !existsSync(join(ROOT, `${path}.ts`)),
    );
    expect(missing).toEqual([]);
  });

  it('names targets of the Makefile', () => {
    const targets = [...read('Makefile').matchAll(/^([a-z0-9-]+):.*## /gm)].map(([, name]) => name);
    const named = [...read('CONTRIBUTING.md').matchAll(/(?:^|`|[A-Z_]+=\w+ )make ([a-z-]+)/gm)].map(
      ([, name]) => name,
    );
    expect(named).toContain('check');
    expect(targets).toEqual(expect.arrayContaining(named));
  });
});
