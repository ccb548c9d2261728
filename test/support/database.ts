import { createConnection } from 'mysql2/promise';
import { inject } from 'vitest';
import { uniqueName } from './names.ts';

/** A database of one test's own on the MySQL server that the tests share. */
export interface TestDatabase extends AsyncDisposable {
  readonly name: string;
  /** `mysql://user:password@host:port/name`, as DATABASE_URL wants it. */
  readonly url: string;
  drop(): Promise<void>;
}

/** Creates an empty database; drop it in `afterAll`, or let `await using` do it. */
export async function freshDatabase(): Promise<TestDatabase> {
  const serverUrl = inject('mysqlUrl');
  const name = uniqueName('lms_test').replaceAll('-', '_');
  await run(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const drop = () => run(serverUrl, `DROP DATABASE IF EXISTS ${name}`);
  return { name, url: url.toString(), drop, [Symbol.asyncDispose]: drop };
}

async function run(serverUrl: string, sql: string): Promise<void> {
  const connection = await createConnection(serverUrl);
  try {
    await connection.query(sql);
  } finally {
    await connection.end();
  }
}
