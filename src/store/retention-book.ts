import { LmsError } from '../errors/catalogue.ts';
import { retry } from '../pipeline/retry.ts';
import type {
  Hold,
  RetentionBook,
  RetentionState,
  RuleAccount,
  RuleSet,
  SizeMark,
} from '../retention/ports.ts';
import { Lazy } from './lazy.ts';
import type { RecordsDatabase, RecordsDialect, RecordsSession } from './records.ts';
import { count, type Row, text, time } from './rows.ts';
import { readSizeMark, writeSizeMark } from './size-mark.ts';
import { ARCHIVE_LEASE, RETENTION_LEASE } from './work-leases.ts';

/** The migration that made the tables. */
const TABLES_VERSION = 8;
const BACKOFF = { baseMs: 50, capMs: 1_000 };
const RETRY_TOTAL_MS = 5_000;
/** Characters of the columns that say who and why. */
const MAX_NOTE = 255;
/** A hundred years: no column holds much more. */
const MAX_HOLD_SECONDS = 100 * 366 * 86_400;

const RULE_SETS = 'SELECT version, rules, applied_at, applied_by FROM lms_retention_versions';
const NEWEST = `${RULE_SETS} ORDER BY version DESC LIMIT 1`;
const ACCOUNTS = `SELECT place, deleted_rows, done_to, last_run_at FROM lms_retention_rules
  WHERE version = ? ORDER BY place`;
const HOLDS = 'SELECT id, from_time, to_time, held_until, reason FROM lms_retention_holds';
const RELEASE = 'DELETE FROM lms_retention_holds WHERE id = ?';
/**
 * A deletion that goes by rules or holds changes the row of its lease, looks what is in force, and commits. What is
 * committed before this statement is seen by that look, or the statement waits for the COMMIT; on a cluster one of
 * the two fails.
 */
const AWAIT_DELETION = `UPDATE lms_leases SET epoch = epoch + 1
  WHERE name IN ('${ARCHIVE_LEASE}', '${RETENTION_LEASE}')`;

/** Rules, accounts and holds in any database, which is opened once something is asked of it. */
export class DatabaseRetentionBook implements RetentionBook {
  readonly #database: Lazy<RecordsDatabase>;

  /** `open` rejects with `LmsError`. */
  constructor(open: () => Promise<RecordsDatabase>) {
    this.#database = new Lazy(open);
  }

  /** Tables that were not migrated to hold rules have none. */
  state(): Promise<RetentionState> {
    return this.#run(async (session, dialect) => {
      const [clock = {}] = await session.select(`SELECT ${dialect.now} AS db_now`, []);
      const now = time(clock, 'db_now');
      return (await this.#ifThere(() => readState(session, dialect, now))) ?? nothingInForce(now);
    });
  }

  async apply(
    rules: string,
    { by, ifNone = false }: Parameters<RetentionBook['apply']>[1],
  ): Promise<RuleSet> {
    const set = await this.#run(async (session, dialect) => {
      for (;;) {
        const newest = await newestSet(session);
        if (newest !== undefined && (ifNone || newest.rules === rules)) return newest;
        const version = (newest?.version ?? 0) + 1;
        const tried = await putInForce(session, dialect, { version, rules, by });
        // Another was first: what comes now is compared with theirs.
        if (tried.rules === rules || ifNone) return tried;
      }
    });
    await this.#awaitDeletion();
    return set;
  }

  history(): Promise<readonly RuleSet[]> {
    return this.#run(async (session) =>
      (await session.select(`${RULE_SETS} ORDER BY version DESC`, [])).map(ruleSet),
    );
  }

  async ran({ version, place, doneTo }: Parameters<RetentionBook['ran']>[0]): Promise<void> {
    await this.#run((session, { now, onConflict, inserted }) => {
      const set = ['done_to', 'last_run_at'].map((column) => `${column} = ${inserted(column)}`);
      const sql = `INSERT INTO lms_retention_rules (version, place, deleted_rows, done_to, last_run_at)
        VALUES (?, ?, 0, ?, ${now}) ${onConflict('version, place')} ${set.join(', ')}`;
      return session.change(sql, [String(version), String(place), doneTo]);
    });
  }

  async hold({ id, from, to, reason }: Omit<Hold, 'until'>, seconds: number): Promise<Hold> {
    requireHold({ id, from, to }, seconds);
    const hold = await this.#run(async (session, { later, now, onConflict, inserted }) => {
      await session.change(`DELETE FROM lms_retention_holds WHERE held_until <= ${now}`, []);
      const set = ['from_time', 'to_time', 'held_until', 'reason'].map(
        (column) => `${column} = ${inserted(column)}`,
      );
      const sql = `INSERT INTO lms_retention_holds (id, from_time, to_time, held_until, reason)
        VALUES (?, ?, ?, ${later(seconds)}, ?) ${onConflict('id')} ${set.join(', ')}`;
      await session.change(sql, [id, from, to, note(reason)]);
      const [row = {}] = await session.select(`${HOLDS} WHERE id = ?`, [id]);
      return holdOf(row);
    });
    await this.#awaitDeletion();
    return hold;
  }

  async release(id: string): Promise<boolean> {
    return (await this.#run((session) => session.change(RELEASE, [id]))) > 0;
  }

  sizeMark(): Promise<SizeMark | undefined> {
    return this.#run((session) => readSizeMark(session));
  }

  async markSize(mark: SizeMark): Promise<void> {
    await this.#run((session, dialect) => writeSizeMark(session, dialect, mark));
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  /** From then on nothing is deleted that does not go by what was put in force before. */
  async #awaitDeletion(): Promise<void> {
    await this.#run((session) => session.change(AWAIT_DELETION, []));
  }

  /** What is read was committed where it is written. What failed in passing is done again. */
  async #run<T>(work: (session: RecordsSession, dialect: RecordsDialect) => Promise<T>): Promise<T> {
    const database = await this.#database.opened();
    const policy = {
      backoff: BACKOFF,
      totalMs: RETRY_TOTAL_MS,
      isTransient: (error: unknown) => database.isTransient(error),
    };
    try {
      return await retry(() => database.write((session) => work(session, database.dialect)), policy);
    } catch (error) {
      throw database.explain(error);
    }
  }

  /**
   * Undefined where the tables are of an earlier release. A user with rights on single tables is denied one that
   * is missing.
   */
  async #ifThere<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      const database = await this.#database.opened();
      const { code } = database.explain(error);
      const mayBeMissing = code === 'SCHEMA_VERSION' || code === 'DATABASE_DENIED';
      if (mayBeMissing && (await database.tablesVersion()) < TABLES_VERSION) return undefined;
      throw error;
    }
  }
}

function nothingInForce(now: string): RetentionState {
  return { now, ruleSet: undefined, accounts: [], holds: [] };
}

async function readState(
  session: RecordsSession,
  { now: clock }: RecordsDialect,
  now: string,
): Promise<RetentionState> {
  const newest = await newestSet(session);
  const accounts = newest === undefined ? [] : await session.select(ACCOUNTS, [String(newest.version)]);
  const holds = await session.select(`${HOLDS} WHERE held_until > ${clock} ORDER BY from_time, id`, []);
  return { now, ruleSet: newest, accounts: accounts.map(ruleAccount), holds: holds.map(holdOf) };
}

async function newestSet(session: RecordsSession): Promise<RuleSet | undefined> {
  const [row] = await session.select(NEWEST, []);
  return row && ruleSet(row);
}

/** Makes it the set of this version, unless there is one; resolves to the one that there is then. */
async function putInForce(
  session: RecordsSession,
  { now, onConflict }: RecordsDialect,
  { version, rules, by }: { readonly version: number; readonly rules: string; readonly by: string },
): Promise<RuleSet> {
  const sql = `INSERT INTO lms_retention_versions (version, rules, applied_at, applied_by)
    VALUES (?, ?, ${now}, ?) ${onConflict('version')} version = lms_retention_versions.version`;
  await session.change(sql, [String(version), rules, note(by)]);
  const [row = {}] = await session.select(`${RULE_SETS} WHERE version = ?`, [String(version)]);
  return ruleSet(row);
}

function requireHold({ id, from, to }: Pick<Hold, 'id' | 'from' | 'to'>, seconds: number): void {
  const wrong = (what: string) => new LmsError('INPUT', `a hold ${what}`);
  if (!/^[!-~]{1,64}$/.test(id)) throw wrong(`has a name of 1 to 64 characters of ASCII, not '${id}'`);
  if (from >= to) throw wrong(`ends after it begins, not from ${from} to ${to}`);
  if (!Number.isSafeInteger(seconds) || seconds < 1 || seconds > MAX_HOLD_SECONDS)
    throw wrong(`is for whole seconds, from one to a hundred years, not ${String(seconds)}`);
}

/** As much of it as its column holds. */
function note(of: string): string {
  return [...of].slice(0, MAX_NOTE).join('');
}

function ruleSet(row: Row): RuleSet {
  return {
    version: count(row, 'version'),
    rules: text(row, 'rules'),
    appliedAt: time(row, 'applied_at'),
    appliedBy: text(row, 'applied_by'),
  };
}

function ruleAccount(row: Row): RuleAccount {
  return {
    place: count(row, 'place'),
    deletedRows: count(row, 'deleted_rows'),
    doneTo: row['done_to'] === null ? undefined : time(row, 'done_to'),
    lastRunAt: row['last_run_at'] === null ? undefined : time(row, 'last_run_at'),
  };
}

function holdOf(row: Row): Hold {
  return {
    id: text(row, 'id'),
    from: time(row, 'from_time'),
    to: time(row, 'to_time'),
    until: time(row, 'held_until'),
    reason: text(row, 'reason'),
  };
}
