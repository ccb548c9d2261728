import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { ASKED_TAGS } from './access-questions.ts';
import type { Database } from './database.ts';
import { startLms } from './lms-process.ts';
import type { Stage } from './stage.ts';

/** Indexes the tags that are asked for, as an operator does. */
export async function indexTags(stage: Stage, database: Database): Promise<void> {
  const directory = await mkdtemp(join(stage.directory, 'index-'));
  await startLms(['index', 'add', ...ASKED_TAGS], { env: { DATABASE_URL: database.url }, directory }).ended;
}
