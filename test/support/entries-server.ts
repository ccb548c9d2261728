import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** An entry as it arrived. */
export interface ArrivedEntry {
  readonly id: string;
  readonly service_name: string;
  readonly severity: string;
  readonly payload: string;
  readonly timestamp: string;
  readonly tags?: Readonly<Record<string, unknown>>;
}

/** A problem as it is answered, with whatever else it has. */
interface ProblemAnswer extends Readonly<Record<string, unknown>> {
  readonly status: number;
}

/** What is answered to a request: a status, a problem, nothing at all, or an answer that is lost on the way. */
export type Behaviour = number | ProblemAnswer | 'silent' | 'lost';

/** A server that takes entries as `lms serve` does, and misbehaves as a test wants it. */
export interface EntriesServer {
  readonly url: string;
  /** All that it has: what it answered 202 to, and what was confirmed by an answer that was lost. */
  readonly entries: readonly ArrivedEntry[];
  readonly requests: readonly { readonly authorization: string | undefined }[];
  /** How it behaves from now on; `n` counts its requests from 0. */
  behave(behaviour: (n: number) => Behaviour): void;
}

/** Starts one for the running test. */
export async function startEntriesServer(): Promise<EntriesServer> {
  const entries: ArrivedEntry[] = [];
  const requests: { authorization: string | undefined }[] = [];
  let behaviour: (n: number) => Behaviour = () => 202;
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const how = behaviour(requests.length);
    requests.push({ authorization: request.headers.authorization });
    const lines = (await text(request)).split('\n').filter(Boolean);
    if (how === 'silent') return;
    if (how === 202 || how === 'lost') entries.push(...lines.map((line) => JSON.parse(line) as ArrivedEntry));
    if (how === 'lost') {
      request.socket.destroy();
      return;
    }
    const { status, ...body } = typeof how === 'number' ? plainAnswer(how, lines.length) : how;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    entries,
    requests,
    behave: (next) => {
      behaviour = next;
    },
  };
}

function plainAnswer(status: number, count: number): ProblemAnswer {
  if (status === 202) return { status, accepted: count, rejected: 0, denied: 0 };
  return { status, detail: `told to say ${status}` };
}
