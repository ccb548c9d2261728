import { onTestFinished } from 'vitest';
import { type Grant, OPEN } from '../../src/access/grant.ts';
import { ServerMetrics } from '../../src/health/server-metrics.ts';
import type { ServerParts } from '../../src/http/parts.ts';
import { startServer } from '../../src/http/server.ts';
import { WebPage } from '../../src/http/web-page.ts';
import type { LogEntry } from '../../src/logs/entry.ts';
import type { OutgoingMessage } from '../../src/logs/message.ts';
import { openEntryReader, openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { scratchDatabase } from '../cli/scratch-database.ts';
import { entryOf } from '../logs/messages.ts';
import { MemoryDeadLetters } from './memory-dead-letters.ts';
import { MemoryRecords } from './memory-records.ts';
import { RecordingLog } from './recording-log.ts';

/** A server in this process over a SQLite file; what is published is stored as a worker would, when the test says. */
export interface HttpServer {
  readonly url: string;
  readonly linesUrl: string | undefined;
  readonly store: Store;
  readonly log: RecordingLog;
  readonly records: MemoryRecords;
  /** Entries that were published and are not stored yet. */
  readonly published: LogEntry[];
  /** Whether they are stored at once. */
  storesAtOnce: boolean;
  /** What whoever asks may do; an error: nothing. */
  grant: Grant | Error;
  flush(): Promise<void>;
  /** Questions are answered with what was found so far, and waits end. */
  readonly stop: AbortController;
  ask(path: string, options?: RequestInit): Promise<Response>;
}

/** Ends with the test. */
export async function openHttp(changes: Partial<ServerParts> = {}): Promise<HttpServer> {
  const scratch = scratchDatabase();
  const log = new RecordingLog();
  const target = { kind: 'sqlite', path: scratch.url.slice('sqlite:'.length) } as const;
  const store = await openStore(target, { log });
  await store.migrate();
  const reader = await openEntryReader(target, { log, connections: 1 });
  const records = new MemoryRecords();
  const stop = new AbortController();
  const published: LogEntry[] = [];
  const state = { storesAtOnce: true, grant: OPEN as Grant | Error };
  const flush = async () => {
    await store.write(published.splice(0));
  };
  const topic = {
    async publish(messages: readonly OutgoingMessage[]) {
      for (const { data } of messages) published.push(entryOf(data));
      if (state.storesAtOnce) await flush();
      return messages.map(() => '');
    },
    close: () => Promise.resolve(),
  };
  const server = await startServer(
    {
      reader,
      deleter: store,
      records,
      topic,
      deadLetters: new MemoryDeadLetters(),
      deadLetterBox: { list: nothing, replay: nothing },
      page: await WebPage.read(),
      defaultService: undefined,
      events: new ServerMetrics(),
      reach: { corsOrigins: [], trustProxy: [] },
      authentication: {
        grantOf: () =>
          state.grant instanceof Error ? Promise.reject(state.grant) : Promise.resolve(state.grant),
        isStill: (grant) => Promise.resolve(grant === state.grant),
      },
      log,
      release: 'test',
      limits: {
        queryTimeBudgetMs: 5_000,
        queryRowBudget: 2_000_000,
        queriesAtOnce: 2,
        queriesAtOncePerToken: 1,
        queryWaitMs: 2_000,
        maxBodyBytes: 16 * 1024 ** 2,
        maxBytesInFlight: 128 * 1024 ** 2,
        flushIntervalMs: 500,
        waitForStored: false,
      },
      compat: {
        messagesService: 'messages',
        sinkService: 'logs',
        accessLogService: 'access-log',
        accessLogPrefix: '/access-log',
      },
      stop: stop.signal,
      ...changes,
    },
    { host: '127.0.0.1', port: 0 },
  );
  onTestFinished(async () => {
    await server.close(0);
    await reader.close();
    await store.close();
    scratch[Symbol.dispose]();
  });
  const { url, linesUrl } = server;
  const ask = (path: string, options?: RequestInit) => fetch(`${url}${path}`, options);
  return Object.assign(state, { url, linesUrl, store, log, records, published, flush, stop, ask });
}

function nothing(): Promise<never> {
  return Promise.reject(new Error('there are no dead letters here'));
}
