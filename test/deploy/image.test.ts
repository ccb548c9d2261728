import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');
const dockerfile = read('Dockerfile');
/** What the image is built of, as the checkout has it. */
const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, paths = '']) =>
  paths.split(' '),
);

it('the image is built of files that are there and that .dockerignore lets through', () => {
  const allowed = [...read('.dockerignore').matchAll(/^!(.*)$/gm)].map(([, path = '']) => path);
  expect(copied).toContain('src');
  for (const path of copied) {
    expect(existsSync(new URL(path, ROOT)), path).toBe(true);
    expect(
      allowed.some((each) => `${path}/`.startsWith(`${each}/`)),
      path,
    ).toBe(true);
  }
});

it('the image has the page: it is built there, of all that it is made of', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  expect(dockerfile).toMatch(/^RUN .*npm run --silent build:web/m);
  expect(scripts['build:web']).toContain('lms-web');
  const [, sources = ''] = /page_sources := \$\(shell find (.*?) -type f/.exec(read('Makefile')) ?? [];
  expect(sources).toContain('packages/web');
  for (const path of sources.split(' '))
    expect(
      copied.some((each) => `${path}/`.startsWith(`${each}/`)),
      path,
    ).toBe(true);
  expect(dockerfile).toContain('COPY --from=build /app/dist ./dist');
});
