import { setTimeout as pause } from 'node:timers/promises';
import { LmsError } from '../../../errors/catalogue.ts';
import { text } from '../../rows.ts';
import { indexName, MAX_CHARACTERS, noteOf, taggedBy, valueSql } from '../../tags/tag-index.ts';
import { NO_TIMEOUT, type Session } from '../driver/session.ts';
import { driverError } from '../errors/driver-error.ts';
import { tagIndexes } from './catalogue.ts';
import { indexedServer } from './server-version.ts';

/**
 * A change of the table waits until nobody is in the middle of something with it, and until then others wait
 * behind it: the worker too, for so long at most.
 */
const LOCK_WAIT_S = 3;
const TRIES = 3;
const PAUSE_MS = 1_000;
/** As `makeSettings` has it. */
const USUAL_LOCK_WAIT_S = 30;

const LOCK_WAIT_TIMEOUT = 1205;
const DUPLICATE_COLUMN = 1060;
const DUPLICATE_KEY = 1061;
const NOT_THERE = 1091;
const TOO_MANY_KEYS = 1069;
const LOG_TOO_LARGE = 1799;
/** The server does not do it beside writers. */
const NOT_ONLINE = new Set([1845, 1846]);

/** Adds the index of a tag while others read and write, or what is missing of it. Throws `LmsError` INDEX. */
export async function addTagIndex(session: Session, tag: string): Promise<void> {
  const { json } = await indexedServer(session);
  const name = indexName(tag);
  const value = valueSql(tag, {
    json,
    withoutQuotes: (quoted) => `TRIM(BOTH '"' FROM ${quoted})`,
    cut: (whole) => `LEFT(${whole}, ${MAX_CHARACTERS})`,
    backslash: '\\\\',
  });
  const column = `ADD COLUMN \`${name}\` VARCHAR(${MAX_CHARACTERS}) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
    GENERATED ALWAYS AS (${value}) VIRTUAL INVISIBLE COMMENT '${noteOf(tag)}', ALGORITHM=INSTANT`;
  // The ids are part of every key anyway; named, they give the rows of one time their order.
  const key = `ADD KEY \`${name}\` (\`${name}\`, \`timestamp\`, event_id), ALGORITHM=INPLACE, LOCK=NONE`;
  const isBegun = await hasColumn(session, name, tag);
  await withShortWaits(session, async () => {
    if (!isBegun) await change(session, column, DUPLICATE_COLUMN);
    try {
      await change(session, key, DUPLICATE_KEY);
    } catch (error) {
      // What is left of it is no harm, but nothing either.
      if (!isBegun) await change(session, `DROP COLUMN \`${name}\``, NOT_THERE).catch(() => undefined);
      throw error;
    }
  });
}

/** Drops the index of a tag, or what there is of it; resolves to whether there was anything. */
export async function dropTagIndex(session: Session, tag: string): Promise<boolean> {
  const found = (await tagIndexes(session)).find((index) => index.tag === tag);
  if (found === undefined) return false;
  await withShortWaits(session, async () => {
    await change(session, `DROP KEY \`${found.name}\`, ALGORITHM=INPLACE, LOCK=NONE`, NOT_THERE);
    await change(session, `DROP COLUMN \`${found.name}\``, NOT_THERE);
  });
  return true;
}

/** Throws INDEX if somebody else has made a column of that name. */
async function hasColumn(session: Session, name: string, tag: string): Promise<boolean> {
  const [row] = await session.select(
    `SELECT CAST(COLUMN_COMMENT AS CHAR) AS note FROM information_schema.COLUMNS
      WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'service_logs' AND COLUMN_NAME = ?`,
    [name],
  );
  if (row === undefined) return false;
  if (taggedBy(text(row, 'note')) === tag) return true;
  throw new LmsError('INDEX', `service_logs has a column ${name} that is not of this release: drop it first`);
}

async function withShortWaits(session: Session, work: () => Promise<void>): Promise<void> {
  await session.run(`SET SESSION lock_wait_timeout = ${LOCK_WAIT_S}`);
  try {
    await work();
  } finally {
    // A connection that is lost has no settings any more.
    await session.run(`SET SESSION lock_wait_timeout = ${USUAL_LOCK_WAIT_S}`).catch(() => undefined);
  }
}

/** Changes the table; `done` is what the server says if that was done already, or by another at the same time. */
async function change(session: Session, alteration: string, done: number): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      // However long it takes to read the table.
      await session.run(`ALTER TABLE service_logs ${alteration}`, NO_TIMEOUT);
      return;
    } catch (error) {
      const { errno } = driverError(error);
      if (errno === done) return;
      if (errno !== LOCK_WAIT_TIMEOUT || tries === TRIES) throw explained(error);
      await pause(PAUSE_MS);
    }
  }
}

/** What a person can do about it, where that is known. */
function explained(error: unknown): unknown {
  const { errno } = driverError(error);
  if (errno === LOCK_WAIT_TIMEOUT)
    return new LmsError(
      'INDEX',
      `service_logs could not be changed: in ${TRIES} tries of ${LOCK_WAIT_S} s there was always a transaction with it that goes on; ` +
        'end it (a dump, a report, an open client), or try when it is over',
    );
  if (errno === TOO_MANY_KEYS)
    return new LmsError('INDEX', 'service_logs has 64 indexes, and the server takes no more: drop one first');
  if (errno === LOG_TOO_LARGE)
    return new LmsError(
      'INDEX',
      'more was written meanwhile than the server notes down: raise innodb_online_alter_log_max_size, or add it when less comes in',
    );
  if (errno !== undefined && NOT_ONLINE.has(errno))
    return new LmsError('INDEX', 'this server cannot add it while others write: nothing was changed');
  return error;
}
