import { hash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { extname } from 'node:path';
import { type Encoding, encodingFor, ENCODINGS } from './content-encoding.ts';

/** Where the build puts it: from the sources, and from the built program beside it. */
const BUILT = new URL('../../dist/web/', import.meta.url);

const HTML_TYPE = 'text/html; charset=utf-8';
/** Of every kind of file that the build makes. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': HTML_TYPE,
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
};

/** As the build adds them to the name of a file that they make smaller. */
const SUFFIXES: Readonly<Record<Encoding, string>> = { br: '.br', gzip: '.gz' };

/** The name has a hash of what is in the file: another content has another name. */
const FOR_EVER = { 'cache-control': 'public, max-age=31536000, immutable' };

const NOT_BUILT = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>LMS: the page was not built</title>
    <link rel="icon" type="image/png" href="api/docs/favicon-32x32.png">
  </head>
  <body>
    <h1>The page was not built</h1>
    <p>This server runs from a checkout that has no <code>dist/web</code>. <code>make build</code> makes it; then start the server again.</p>
    <p>Everything else answers: <a href="api/docs">the API</a>, to read and to try.</p>
  </body>
</html>
`;

/** What a part of the page is sent as. */
export interface PageAnswer {
  readonly status?: number;
  readonly contentType: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A file of the page in memory. */
interface PageFile {
  readonly contentType: string;
  readonly tag: string;
  readonly plain: Uint8Array;
  readonly compressed: ReadonlyMap<Encoding, Uint8Array>;
}

/**
 * The page that a browser is shown at `/`, and the files that it loads. All of them are in memory: no request leads
 * to a file by a name of its own making, and a build that replaces them does not change a server that runs.
 */
export class WebPage {
  readonly #index: PageFile | undefined;
  readonly #assets: ReadonlyMap<string, PageFile>;

  /** Without an index: one that was not built. */
  constructor(index?: PageFile, assets: ReadonlyMap<string, PageFile> = new Map()) {
    this.#index = index;
    this.#assets = assets;
  }

  /** Reads it from where it was built to. Where it was not, the page says so. */
  static async read(folder = BUILT): Promise<WebPage> {
    const [{ 'index.html': index } = {}, assets = {}] = await Promise.all([
      filesIn(folder),
      filesIn(new URL('assets/', folder)),
    ]);
    return new WebPage(index, new Map(Object.entries(assets)));
  }

  /** The document. Whoever has it asks again whether it is still the same. */
  index({ 'accept-encoding': accepted, 'if-none-match': known }: IncomingHttpHeaders): PageAnswer {
    if (this.#index === undefined) return { status: 503, contentType: HTML_TYPE, body: NOT_BUILT };
    const headers = { etag: this.#index.tag, 'cache-control': 'no-cache' };
    const answer = sent(this.#index, accepted, headers);
    return isKnown(this.#index.tag, known) ? { ...answer, status: 304, body: '' } : answer;
  }

  /** A file that the document, or another file, names; undefined: there is none. */
  asset(name: string, { 'accept-encoding': accepted }: IncomingHttpHeaders): PageAnswer | undefined {
    const file = this.#assets.get(name);
    return file && sent(file, accepted, FOR_EVER);
  }
}

function sent(file: PageFile, accepted: string | undefined, headers: Record<string, string>): PageAnswer {
  const { contentType, plain, compressed } = file;
  const encoding = encodingFor([...compressed.keys()], accepted);
  const body = encoding === undefined ? plain : compressed.get(encoding);
  return {
    contentType,
    body: body ?? plain,
    headers: {
      ...headers,
      ...(compressed.size > 0 && { vary: 'accept-encoding' }),
      ...(encoding !== undefined && { 'content-encoding': encoding }),
    },
  };
}

/** Whether one of the versions that somebody has, as `If-None-Match` lists them, is this one. */
function isKnown(tag: string, known = ''): boolean {
  const bare = (each: string) => each.trim().replace(/^W\//, '');
  return known.split(',').some((each) => bare(each) === bare(tag));
}

/** All files in a folder by their names; undefined if there is no folder. */
async function filesIn(folder: URL): Promise<Readonly<Record<string, PageFile>> | undefined> {
  const names = await namesIn(folder);
  if (names === undefined) return undefined;
  const contents = await Promise.all(names.map((name) => readFile(new URL(name, folder))));
  const byName = new Map(names.map((name, n) => [name, contents[n] ?? new Uint8Array()]));
  return Object.fromEntries(
    [...byName].flatMap(([name, plain]) => {
      const contentType = CONTENT_TYPES[extname(name)];
      return contentType === undefined ? [] : [[name, { contentType, plain, ...versionsOf(name, byName) }]];
    }),
  );
}

function versionsOf(
  name: string,
  byName: ReadonlyMap<string, Uint8Array>,
): Pick<PageFile, 'tag' | 'compressed'> {
  const compressed = new Map<Encoding, Uint8Array>();
  for (const encoding of ENCODINGS) {
    const bytes = byName.get(`${name}${SUFFIXES[encoding]}`);
    if (bytes !== undefined) compressed.set(encoding, bytes);
  }
  const tag = `W/"${hash('sha256', byName.get(name) ?? '', 'base64url').slice(0, 22)}"`;
  return { tag, compressed };
}

async function namesIn(folder: URL): Promise<readonly string[] | undefined> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
