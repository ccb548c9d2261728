import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** A request as it came. */
export interface SeenRequest extends Pick<IncomingMessage, 'method' | 'url' | 'headers'> {
  readonly body: string;
  /** Resolves once its connection is over, or its answer is. */
  readonly closed: Promise<unknown>;
}

/** A server that answers as a test says. */
export interface ScriptedServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: SeenRequest[];
}

type Answers = (response: ServerResponse, request: SeenRequest, count: number) => void | Promise<void>;

/** As `startScripted`; ends with the test. */
export async function scriptedServer(answer: Answers): Promise<ScriptedServer> {
  const server = await startScripted(answer);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

/** Starts one. `answer` is called for one request after the other. */
export async function startScripted(answer: Answers): Promise<ScriptedServer> {
  const requests: SeenRequest[] = [];
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const { method, url, headers } = request;
    const seen = { method, url, headers, body: await text(request), closed: once(response, 'close') };
    requests.push(seen);
    await answer(response, seen, requests.length);
  };
  const server = createServer((request, response) => void respond(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Answers with JSON. */
export function sendJson(
  response: ServerResponse,
  value: unknown,
  {
    status = 200,
    headers = {},
  }: { readonly status?: number; readonly headers?: Record<string, string> } = {},
): void {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  response.writeHead(status, { 'content-type': type, ...headers }).end(JSON.stringify(value));
}

/** Answers with a problem. */
export function refuse(
  response: ServerResponse,
  status: number,
  code: string,
  headers: Record<string, string> = {},
): void {
  sendJson(
    response,
    { type: 'about:blank', title: code, status, detail: `it is ${code}`, code },
    { status, headers },
  );
}

/** What becomes of entries that a server takes. */
export const TAKEN = { accepted: 1, rejected: 0, denied: 0, ids: [], refused: [] };
