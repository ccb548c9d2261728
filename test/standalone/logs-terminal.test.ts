import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAIN } from '../cli/lms.ts';
import { entriesOf, type ScratchDatabase, scratchDatabase } from '../cli/scratch-database.ts';
import { onTerminal, type Terminal } from '../support/terminal.ts';

const LMS = `'${process.execPath}' '${MAIN}'`;
const COLOR = /\x1b\[[\d;]+m/;
const MANY = 10_000;
const USUAL: Terminal = { columns: 80, rows: 24 };

let database: ScratchDatabase;

beforeAll(async () => {
  database = scratchDatabase();
  const long = entriesOf('bravo', 'error', 1).map((entry) => ({
    ...entry,
    timestamp: '2026-11-25 13:00:00.000000',
    payload: `\x1b[2J${'x'.repeat(200)}`,
  }));
  const many = Array.from({ length: MANY }, (_none, index) => ({
    ...long[0]!,
    timestamp: `2026-11-24 12:00:00.${String(index).padStart(6, '0')}`,
    serviceName: 'many',
    eventId: String(index),
  }));
  await database.write([...entriesOf('alpha', 'info', 60), ...long, ...many]);
});
afterAll(() => database[Symbol.dispose]());

function logs(args: string, terminal: Partial<Terminal> = {}) {
  const { env, ...rest } = terminal;
  return onTerminal(`${LMS} logs --tz UTC ${args}`, {
    ...USUAL,
    ...rest,
    env: { DATABASE_URL: database.url, ...env },
  });
}

/** Lines of the screen that are entries. */
function entryLines(screen: string): string[] {
  return screen
    .replaceAll(/\x1b\[[\d;?]*[A-Za-z=>]|\x1b[=>]|\r/g, '')
    .split('\n')
    .filter((line) => line.includes('2026-11-25 1'));
}

describe('lms logs on a terminal', () => {
  it('has colours, and lines as wide as it is', async () => {
    const { screen, status } = await logs('-n 3 --no-pager');
    expect(status).toBe(0);
    expect(screen).toMatch(COLOR);
    expect(screen).not.toContain('\x1b[2J');
    const lines = entryLines(screen);
    expect(lines).toHaveLength(3);
    expect(lines.at(-1)).toHaveLength(80);
    expect(lines.at(-1)).toMatch(/bravo {2}\\u001b\[2Jx+…$/);
  });

  it('is cut the same in a pager and without one', async () => {
    const [paged, plain] = await Promise.all([logs('-n 3'), logs('-n 3 --no-pager')]);
    expect(entryLines(paged.screen)).toEqual(entryLines(plain.screen));
  });

  it.each([
    ['NO_COLOR', { env: { NO_COLOR: '1' } }, ''],
    ['TERM=dumb', { env: { TERM: 'dumb' } }, ''],
    ['--color never', {}, '--color never'],
  ])('has no colours with %s', async (_what, terminal, args) => {
    const { screen, status } = await logs(`-n 3 --no-pager ${args}`, terminal);
    expect(status).toBe(0);
    expect(screen).not.toMatch(COLOR);
    expect(entryLines(screen)).toHaveLength(3);
  });

  it('has all characters in a pager, whatever the locale', async () => {
    const { screen } = await logs('-n 1', { env: { LC_ALL: 'C' } });
    expect(entryLines(screen).at(-1)).toMatch(/x+…$/);
  });

  it('shows what fits at once, and leaves it there', async () => {
    const { screen, status } = await logs('-n 5');
    expect(status).toBe(0);
    expect(entryLines(screen)).toHaveLength(5);
    expect(screen).not.toContain('~');
  });

  it('opens a pager at the newest for what does not fit; q leaves it', async () => {
    const { screen, status } = await logs('-n 60', { keys: [{ after: /END|bravo/, type: 'q' }] });
    expect(status).toBe(0);
    const lines = entryLines(screen);
    expect(lines.length).toBeLessThan(60);
    expect(lines.at(-1)).toContain('bravo');
  });

  it('uses the pager that PAGER names, which ends when it likes, without colours that it may not know', async () => {
    const { screen, status } = await logs('-n all service:alpha', { env: { PAGER: 'head -n 2' } });
    expect(status).toBe(0);
    expect(entryLines(screen)).toHaveLength(2);
    expect(screen).not.toMatch(COLOR);
    expect((await logs('-n 2 --color always', { env: { PAGER: 'head -n 2' } })).screen).toMatch(COLOR);
  });

  it('searches no further once the pager is left', async () => {
    const env = { PAGER: 'head -n 1 | cut -c 1-9' };
    const { screen, status } = await logs('-n all service:many --wrap --explain', { env });
    expect(status).toBe(0);
    const [, rows = ''] = /([\d,]+) rows for/.exec(screen) ?? [];
    expect(Number(rows.replaceAll(',', ''))).toBeLessThan(MANY / 2);
  });

  it.each(['', 'cat', 'no-such-pager -x'])('prints directly if PAGER is "%s"', async (pager) => {
    const { screen, status } = await logs('-n 50', { env: { PAGER: pager } });
    expect(status).toBe(0);
    expect(entryLines(screen)).toHaveLength(50);
  });

  it('says that nothing matches, and ends with 1', async () => {
    const { screen, status } = await logs('nothing-like-it');
    expect({ screen, status }).toEqual({ screen: 'lms: nothing matches\n', status: 1 });
  });

  it('says why nothing may match: a misspelt column, a time to come, or that nothing is stored', async () => {
    expect((await logs('severety:error')).screen).toBe(
      'lms: nothing matches\nlms: severety was looked for as a tag: is the column severity meant?\n',
    );
    expect((await logs('service:alpha or service:bravo')).screen).toBe(
      'lms: nothing matches\nlms: or was looked for as a word: is OR, in capitals, meant?\n',
    );
    expect((await logs('--since 9000-01-01')).screen).toBe(
      'lms: nothing matches\nlms: the time that is asked for begins at 9000-01-01 00:00:00, which is ahead of now\n',
    );
    expect((await logs('service:alpha,bravo')).screen).toBe(
      'lms: nothing matches\nlms: service:alpha,bravo was looked for as one value: is service:(alpha OR bravo) meant?\n',
    );
    using empty = scratchDatabase();
    await empty.write([]);
    const { screen, status } = await logs('', { env: { DATABASE_URL: empty.url } });
    expect({ screen, status }).toEqual({
      screen: 'lms: nothing is stored yet: `lms mon` is what stores\n',
      status: 1,
    });
  });

  it.each([
    ['UTC+3', 'UTC'],
    ['CET-1CEST', 'UTC'],
  ])('says which zone it takes where TZ is %s', async (zone, taken) => {
    const command = `${LMS} logs --no-pager -n 1`;
    const env = { DATABASE_URL: database.url, TZ: zone };
    const note = `lms: TZ=${zone} is no zone such as Europe/Berlin: times are in ${taken}; --tz says otherwise\n`;
    expect((await onTerminal(command, { ...USUAL, env })).screen).toContain(note);
    expect((await onTerminal(`${command} --tz UTC`, { ...USUAL, env })).screen).not.toContain('TZ=');
    const known = { ...env, TZ: ':Europe/Berlin' };
    expect((await onTerminal(command, { ...USUAL, env: known })).screen).not.toContain('TZ=');
  });

  it('says of which entries values are counted, and how to look at more', async () => {
    const newest = 'the newest 10,000 that match';
    expect((await logs('--values tags')).screen).toBe(`lms: counted in ${newest}\n`);
    const { screen, status } = await logs("--values 'no tag'");
    expect({ screen, status }).toEqual({
      screen: `lms: none of ${newest} has it: with "no tag":* in the expression it is looked for in all\n`,
      status: 1,
    });
    expect((await logs(`--values nothing 'nothing:*'`)).screen).toBe('lms: nothing matches\n');
  });

  it('has bars as wide as it is', async () => {
    const { screen } = await logs('--histogram --by severity --since 2026-11-25', { columns: 60 });
    const plain = screen
      .replaceAll(/\x1b\[[\d;]*m/g, '')
      .trimEnd()
      .split('\n');
    expect(plain[0]).toMatch(/^ +count +info +error$/);
    expect(Math.max(...plain.map((line) => line.length))).toBe(60);
  });
});
