import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What is done to a request instead of, or beside, what it asks for. */
export type StorageFault =
  /** Answered with a status, and nothing is done. */
  | { readonly kind: 'status'; readonly status: number }
  /** The connection ends, with nothing done. */
  | { readonly kind: 'cut' }
  /** It is done, and the connection ends before the answer. */
  | { readonly kind: 'lost answer' }
  /** A byte of what was sent is changed on the way. */
  | { readonly kind: 'changed byte' }
  /** So many bytes of a file are answered, then the connection ends. */
  | { readonly kind: 'broken off'; readonly bytes: number };

export interface StorageRequest {
  readonly kind: 'write' | 'read' | 'look' | 'list' | 'remove';
  /** Of the object, or the prefix of a list. */
  readonly name: string;
  /** Headers of a read. */
  readonly range: string | undefined;
}

interface StoredObject {
  readonly data: Buffer;
  readonly generation: number;
}

/** A stand-in for Google Cloud Storage's JSON API, as far as files of an archive need it, with one bucket `logs`. */
export interface StorageServer extends AsyncDisposable {
  /** For STORAGE_EMULATOR_HOST. */
  readonly url: string;
  /** By their names. */
  readonly objects: Map<string, StoredObject>;
  /** All requests, in order. */
  readonly requests: StorageRequest[];
  /** Asked about each request. */
  fault: (request: StorageRequest) => StorageFault | undefined;
  put(name: string, data: Buffer): void;
}

const PAGE = 3;

/** Starts one on a port of this machine's own. */
export async function startStorageServer(): Promise<StorageServer> {
  const objects = new Map<string, StoredObject>();
  let generation = 1_000;
  const state: Pick<StorageServer, 'fault' | 'requests' | 'objects' | 'put'> = {
    objects,
    requests: [],
    fault: () => undefined,
    put(name, data) {
      generation += 1;
      objects.set(name, { data, generation });
    },
  };
  const server = createServer((request, response) => {
    void serve(state, request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return Object.assign(state, {
    url: `http://127.0.0.1:${String(port)}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}

type State = Pick<StorageServer, 'fault' | 'requests' | 'objects' | 'put'>;

async function serve(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(request);
  const url = new URL(request.url ?? '', 'http://storage');
  const [, bucket, path] = /\/b\/([^/]+)\/o(?:\/(.+))?$/.exec(url.pathname) ?? [];
  if (bucket !== 'logs') {
    answer(response, 404, { error: { code: 404, message: 'no such bucket' } });
    return;
  }
  const asked = describe(request, url, path);
  state.requests.push(asked);
  const fault = state.fault(asked);
  if (fault?.kind === 'cut') return void request.socket.destroy();
  if (fault?.kind === 'status') {
    answer(response, fault.status, { error: { code: fault.status, message: 'injected' } });
    return;
  }
  if (fault?.kind === 'lost answer') {
    act(state, asked, { url, body, request, fault, response: undefined });
    return void request.socket.destroy();
  }
  act(state, asked, { url, body, request, fault, response });
}

function describe(request: IncomingMessage, url: URL, path: string | undefined): StorageRequest {
  const { range } = request.headers;
  if (request.method === 'POST') return { kind: 'write', name: url.searchParams.get('name') ?? '', range };
  if (path === undefined) return { kind: 'list', name: url.searchParams.get('prefix') ?? '', range };
  const name = decodeURIComponent(path);
  if (request.method === 'DELETE') return { kind: 'remove', name, range };
  return { kind: url.searchParams.get('alt') === 'media' ? 'read' : 'look', name, range };
}

interface Act {
  readonly url: URL;
  readonly body: Buffer;
  readonly request: IncomingMessage;
  readonly fault: StorageFault | undefined;
  readonly response: ServerResponse | undefined;
}

function act(
  state: State,
  { kind, name, range }: StorageRequest,
  { url, body, request, fault, response }: Act,
): void {
  if (kind === 'list') {
    list(state, name, url, response);
    return;
  }
  if (kind === 'write') {
    write(state, name, { url, body, request, fault, response });
    return;
  }
  const object = state.objects.get(name);
  if (object === undefined) {
    answer(response, 404, { error: { code: 404, message: `No such object: ${name}` } });
    return;
  }
  if (kind === 'look') {
    answer(response, 200, metadataOf(name, object));
    return;
  }
  if (kind === 'remove') {
    state.objects.delete(name);
    answer(response, 204, undefined);
    return;
  }
  const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
  const data = object.data.subarray(start);
  response?.writeHead(start > 0 ? 206 : 200, {
    'content-length': data.length,
    'content-type': 'application/gzip',
  });
  if (fault?.kind !== 'broken off') return void response?.end(data);
  response?.write(data.subarray(0, fault.bytes), () => response.destroy());
}

function list(state: State, prefix: string, url: URL, response: ServerResponse | undefined): void {
  const after = url.searchParams.get('pageToken') ?? '';
  const names = [...state.objects.keys()].filter((name) => name.startsWith(prefix) && name > after).sort();
  const page = names.slice(0, PAGE);
  const items = page.map((name) => {
    const object = state.objects.get(name);
    return object && metadataOf(name, object);
  });
  answer(response, 200, { items, ...(names.length > PAGE && { nextPageToken: page.at(-1) }) });
}

/** A request of two parts: what is said of the object, and the object. */
function write(state: State, name: string, { url, body, request, fault, response }: Act): void {
  const boundary = /boundary=(.+)$/.exec(request.headers['content-type'] ?? '')?.[1] ?? '';
  const [metadata, sent] = partsOf(body, boundary);
  const data = Buffer.from(sent);
  if (fault?.kind === 'changed byte') data[data.length >> 1] = (data[data.length >> 1] ?? 0) ^ 1;
  const { md5Hash } = JSON.parse(metadata.toString()) as { md5Hash?: string };
  if (md5Hash !== undefined && md5Hash !== md5(data)) {
    answer(response, 400, {
      error: { code: 400, message: 'the MD5 hash is not that of the content' },
    });
    return;
  }
  const wanted = url.searchParams.get('ifGenerationMatch');
  const there = state.objects.get(name)?.generation ?? 0;
  if (wanted !== null && Number(wanted) !== there) {
    answer(response, 412, { error: { code: 412, message: 'conditionNotMet' } });
    return;
  }
  state.put(name, data);
  const object = state.objects.get(name);
  answer(response, 200, object && metadataOf(name, object));
}

function partsOf(body: Buffer, boundary: string): [Buffer, Buffer] {
  const mark = Buffer.from(`--${boundary}`);
  const second = body.indexOf(mark, mark.length);
  const end = body.lastIndexOf(Buffer.from(`\r\n--${boundary}--`));
  const contentOf = (from: number, to: number) => body.subarray(body.indexOf('\r\n\r\n', from) + 4, to);
  return [contentOf(0, second), contentOf(second, end)];
}

function metadataOf(name: string, { data, generation }: StoredObject): object {
  return {
    name,
    bucket: 'logs',
    size: String(data.length),
    generation: String(generation),
    md5Hash: md5(data),
    crc32c: crc32c(data),
  };
}

function md5(data: Buffer): string {
  return createHash('md5').update(data).digest('base64');
}

/** The checksum of Castagnoli, which clients compare. */
function crc32c(data: Buffer): string {
  let crc = ~0;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(~crc >>> 0);
  return bytes.toString('base64');
}

function answer(response: ServerResponse | undefined, status: number, body: object | undefined): void {
  response?.writeHead(status, { 'content-type': 'application/json' });
  response?.end(body === undefined ? undefined : JSON.stringify(body));
}
