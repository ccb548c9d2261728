import { createConnection } from 'mysql2/promise';
import type { MySqlTarget } from '../../src/store/connection-target.ts';
import { openStore } from '../../src/store/open.ts';
import { mysqlTarget, SILENT } from '../contract/store-subject.ts';
import { freshDatabase, type TestDatabase } from './database.ts';
import { type DocumentedGrants, documentedGrants } from './documented-grants.ts';
import { uniqueName } from './names.ts';

const PASSWORD = 'a-password';
const ACCOUNTS = ['lms', 'lms_reader', 'lms_server', 'lms_jobs', 'lms_admin'] as const;

/** A user of docs/operations.md. */
export type Account = (typeof ACCOUNTS)[number];

/** A database with our tables, and the users of docs/operations.md with the rights that it gives them. */
export class GrantedAccounts implements AsyncDisposable {
  readonly database: TestDatabase;
  readonly grants: DocumentedGrants;
  readonly #suffix = uniqueName('').slice(1, 9);

  private constructor(database: TestDatabase) {
    this.database = database;
    const user = (account: string) => this.userName(account);
    this.grants = documentedGrants({ database: database.name, user, password: PASSWORD });
  }

  /** The admin makes the tables. */
  static async open(): Promise<GrantedAccounts> {
    const accounts = new GrantedAccounts(await freshDatabase());
    await accounts.asRoot(accounts.grants.first);
    const store = await openStore(accounts.targetOf('lms_admin'), { log: SILENT });
    await store.migrate();
    await store.close();
    await accounts.asRoot(accounts.grants.afterMigration);
    return accounts;
  }

  /** MariaDB and MySQL take names of 32 characters. */
  userName(account: string): string {
    return `${account}_${this.#suffix}`;
  }

  /** DATABASE_URL of a documented user. */
  urlOf(account: Account): string {
    const login = { username: this.userName(account), password: PASSWORD };
    return Object.assign(new URL(this.database.url), login).toString();
  }

  targetOf(account: Account): MySqlTarget {
    return { ...mysqlTarget(this.database.url), user: this.userName(account), password: PASSWORD };
  }

  async asRoot(statements: readonly string[]): Promise<void> {
    await using root = await createConnection(this.database.url);
    for (const statement of statements) await root.query(statement);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.asRoot(ACCOUNTS.map((account) => `DROP USER '${this.userName(account)}'@'%'`));
    await this.database.drop();
  }
}
