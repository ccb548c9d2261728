import { createConnection } from 'mysql2/promise';
import { describe, expect, inject, it, vi } from 'vitest';
import { newRun, numbered } from '../../src/runs/run-ids.ts';
import { lmsProcess } from '../cli/lms.ts';
import { brokerProject } from '../support/broker-project.ts';
import { malformedMessage, sampleMessage } from '../support/samples.ts';
import { openSystem, type WorkerSystem } from '../support/worker-system.ts';

const PATIENCE = { timeout: 30_000, interval: 50 };
const PUBLISHED = 300;
/** Every so many messages cannot be decoded. */
const MALFORMED_EVERY = 30;
const DEAD = PUBLISHED / MALFORMED_EVERY;

/** Publishes a run and has a worker store it. */
async function runThrough(system: WorkerSystem): Promise<string> {
  const run = newRun();
  const messages = Array.from({ length: PUBLISHED }, (_, index) => {
    const { event_id: eventId } = numbered(run, index + 1);
    return index % MALFORMED_EVERY === 0 ? malformedMessage(eventId) : sampleMessage(eventId);
  });
  await system.publish(messages);
  const { worker, stop } = await system.startWorker();
  await vi.waitFor(() => {
    expect(worker.ledger.stored + worker.ledger.deadLettered).toBeGreaterThanOrEqual(PUBLISHED);
  }, PATIENCE);
  await stop();
  return run;
}

describe('lms verify --run, on what a worker made of a run', () => {
  it('every message is a row or a dead letter, and the letters are still there afterwards', async () => {
    const system = await openSystem(inject('emulatorHost'));
    const run = await runThrough(system);
    const verify = (...args: string[]) => lmsProcess(['verify', '--run', run, ...args], system.env);

    const rowsOnly = await verify();
    expect(rowsOnly.status).toBe(1);
    expect(rowsOnly.stderr).toContain(
      `of the ${String(PUBLISHED)} messages of run ${run}: ${String(DEAD)} missing`,
    );

    for (let round = 0; round < 2; round += 1) {
      const complete = await verify('--dead-letters', '--count', String(PUBLISHED));
      expect(complete).toMatchObject({ status: 0, stderr: '' });
      expect(complete.stdout).toContain(
        `${String(PUBLISHED)} published = ${String(PUBLISHED - DEAD)} rows + ${String(DEAD)} dead letters, no gaps, none twice.\n`,
      );
    }
    expect((await system.deadLetterIds(DEAD)).size).toBe(DEAD);
  });

  it('a row that was lost and one that was doubled are found by their numbers', async () => {
    const system = await openSystem(inject('emulatorHost'));
    const run = await runThrough(system);
    const connection = await createConnection(system.env['DATABASE_URL'] ?? '');
    await connection.query('DELETE FROM service_logs WHERE event_id LIKE ?', [`${run}-77~%`]);
    await connection.query(
      `INSERT INTO service_logs (timestamp, event_id, service_name, severity, payload, attempt_id)
       SELECT timestamp + INTERVAL 1 SECOND, event_id, service_name, severity, payload, 0
       FROM service_logs WHERE event_id LIKE ?`,
      [`${run}-99~%`],
    );
    await connection.end();
    const outcome = await lmsProcess(['verify', '--run', run, '--dead-letters', '--json'], system.env);
    expect(outcome.status).toBe(1);
    expect(JSON.parse(outcome.stdout)).toMatchObject({
      published: PUBLISHED,
      deadLettered: DEAD,
      missing: { total: 1, ranges: [{ first: 77, last: 77 }] },
      doubled: { total: 1, ranges: [{ first: 99, last: 99 }] },
      complete: false,
    });
  });

  it('a dead-letter subscription that is not there is told in one line', async () => {
    const system = await openSystem(inject('emulatorHost'));
    await using other = await brokerProject();
    const outcome = await lmsProcess(['verify', '--run', 'x', '--dead-letters'], {
      ...system.env,
      ...other.env,
    });
    expect(outcome).toMatchObject({ status: 10, stdout: '' });
    expect(outcome.stderr).toContain('(PUBSUB_NOT_FOUND)');
  });
});
