import { afterAll, beforeAll, describe } from 'vitest';
import type { Environment } from '../../src/config/sources.ts';
import { startLms } from '../cli/lms.ts';
import { brokerProject } from './broker-project.ts';
import { DATABASES, type Ground, type onSqlite } from './serve-ground.ts';
import { type ServeProcess, startServe } from './serve-process.ts';

/** A server, a worker behind it, and a broker between them. */
export interface WritingGround extends AsyncDisposable {
  readonly server: ServeProcess;
  readonly ground: Ground;
  /** The environment of both. */
  readonly env: Environment;
}

/** Starts them on an empty database. Unless `env` says otherwise, what is written is answered once it is stored. */
export async function openWriting(
  onDatabase: typeof onSqlite,
  env: Environment = {},
): Promise<WritingGround> {
  const [ground, project] = await Promise.all([onDatabase([]), brokerProject()]);
  const whole = {
    DATABASE_URL: ground.url,
    FLUSHINTERVAL: '0.05',
    WAIT_FOR_STORED: 'on',
    ...project.env,
    ...env,
  };
  const worker = startLms(['mon'], whole);
  const server = await startServe(whole, [], { ofTest: false });
  return {
    server,
    ground,
    env: whole,
    async [Symbol.asyncDispose]() {
      await Promise.all([server.stop(), worker.stop()]);
      await project[Symbol.asyncDispose]();
      await ground[Symbol.asyncDispose]();
    },
  };
}

/** Tests of what is written by HTTP and read again, on either database: in `tests`, once they run, it is there. */
export function describeWritingOnBoth(
  name: string,
  env: Environment,
  tests: (opened: () => WritingGround) => void,
): void {
  describe.each(DATABASES)(`${name} on %s`, (_name, onDatabase) => {
    let writing: WritingGround | undefined;
    beforeAll(async () => {
      writing = await openWriting(onDatabase, env);
    });
    afterAll(async () => {
      await writing?.[Symbol.asyncDispose]();
    });
    tests(() => {
      if (writing === undefined) throw new Error('tests have not begun');
      return writing;
    });
  });
}
