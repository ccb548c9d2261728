import { describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../../src/store/sqlite/store.ts';
import { heartbeat } from '../../support/heartbeats.ts';
import { lms } from '../lms.ts';
import { type ScratchDatabase, scratchDatabase } from '../scratch-database.ts';

async function beat(database: ScratchDatabase): Promise<void> {
  const store = openSqliteStore({ kind: 'sqlite', path: database.url.replace('sqlite:', '') });
  await store.migrate();
  await store.beat(() => heartbeat({ oldestHeldAt: undefined, heldMessages: 0 }));
  await store.close();
}

describe('lms workers', () => {
  it('lists those that have told the database', async () => {
    using database = scratchDatabase();
    await beat(database);
    const { status, stdout, stderr } = await lms(['workers'], { DATABASE_URL: database.url });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^host +pid +release +state .*\nmachine-1 +4711 +1\.2\.3 +running /);
    expect(stdout).toMatch(/\n\nStored up to \d\d:\d\d:\d\d UTC\.\n$/);
  });

  it('gives them to programs as JSON', async () => {
    using database = scratchDatabase();
    await beat(database);
    const { status, stdout } = await lms(['workers', '--json', '--database-url', database.url]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      storedUpTo: { kind: 'running' },
      workers: [{ host: 'machine-1', pid: 4_711, state: 'running', received: 15, discarded: 5, lagMs: null }],
    });
  });

  it('says if there are none, which is no failure', async () => {
    using database = scratchDatabase();
    await database.write([]);
    const { status, stdout } = await lms(['workers'], { DATABASE_URL: database.url });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^No worker was seen within a day/);
  });

  it('asks for a migration when the tables are of a release before', async () => {
    using database = scratchDatabase();
    await database.write([]);
    database.tamper('DROP TABLE lms_processes');
    const { status, stderr } = await lms(['workers'], { DATABASE_URL: database.url });
    expect(status).toBe(6);
    expect(stderr).toContain('lms migrate up');
  });
});
