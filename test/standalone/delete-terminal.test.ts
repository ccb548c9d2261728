import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lms, MAIN } from '../cli/lms.ts';
import { entriesOf, type ScratchDatabase, scratchDatabase } from '../cli/scratch-database.ts';
import { onTerminal } from '../support/terminal.ts';

const TOLD =
  /2 entries from 2026-11-25T12:00:00\.000000\+00:00 to 2026-11-25T12:00:01\.000000\+00:00 match\n/;
const PROMPT = /Delete them\? \[y\/N\] $/;

let database: ScratchDatabase;

beforeEach(async () => {
  database = scratchDatabase();
  await database.write([...entriesOf('alpha', 'info', 2), ...entriesOf('bravo', 'info', 3)]);
});
afterEach(() => database[Symbol.dispose]());

/** Asks for a deletion and types an answer to its question. */
function answering(type: string, args = '') {
  // Ctrl-C is for the shell, too, which is to say how the command ended.
  return onTerminal(`trap : INT; '${process.execPath}' '${MAIN}' delete service:alpha --tz UTC ${args}`, {
    columns: 80,
    rows: 24,
    env: { DATABASE_URL: database.url },
    keys: [{ after: PROMPT, type }],
  });
}

async function left(): Promise<string> {
  return (await lms(['logs', '--count', '--database-url', database.url])).stdout.trim();
}

describe('lms delete on a terminal', () => {
  it.each(['y', 'Y', 'yes'])('deletes what it told of when %j is typed', async (answer) => {
    const { screen, status } = await answering(`${answer}\n`);
    expect(status).toBe(0);
    expect(screen).toMatch(TOLD);
    expect(screen).toContain('Delete them? [y/N] ');
    expect(screen).toMatch(/deleted 2 entries\n$/);
    expect(await left()).toBe('3');
  });

  it.each([
    ['n', 'n\n'],
    ['nothing', '\n'],
    ['something else', 'yesterday\n'],
    ['the end of the input', '\x04'],
  ])('deletes nothing when %s is typed', async (_what, keys) => {
    const { screen, status } = await answering(keys);
    expect(status).toBe(1);
    expect(screen).toMatch(TOLD);
    expect(screen).toMatch(/\nlms: nothing was deleted\n$/);
    expect(await left()).toBe('5');
  });

  it('deletes nothing by Ctrl-C at the question', async () => {
    const { screen, status } = await answering('\x03');
    expect(status).toBe(130);
    expect(screen).toMatch(/lms: stopped: 0 entries deleted\n.*\(DELETION_STOPPED\)\n$/);
    expect(await left()).toBe('5');
  });

  it('does not ask where the question would not be seen, or is told not to', async () => {
    const unseen = await answering('y\n', '2> /dev/null');
    expect(unseen).toEqual({ status: 2, screen: '' });
    expect(await left()).toBe('5');
    const told = await answering('', '--yes');
    expect(told.status).toBe(0);
    expect(told.screen).not.toContain('[y/N]');
    expect(await left()).toBe('3');
  });
});
