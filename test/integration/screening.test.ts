import { describe, expect, it, vi } from 'vitest';
import type { OutgoingMessage } from '../../src/logs/message.ts';
import { newRun, numbered } from '../../src/runs/run-ids.ts';
import { lmsProcess, startLms } from '../cli/lms.ts';
import { openBroker } from '../support/broker.ts';
import { malformedMessage } from '../support/samples.ts';
import { openSystem, type WorkerSystem } from '../support/worker-system.ts';

const PATIENCE = { timeout: 60_000, interval: 50 };
const MESSAGES = 4_000;
/** Every so many messages: is not to be kept, holds what must not be kept, cannot be decoded, holds several entries. */
const UNWANTED_EVERY = 5;
const SECRET_EVERY = 3;
const MALFORMED_EVERY = 101;
const SEVERAL_EVERY = 11;
const SCREENING = { DISCARD: 'severity:debug', REDACT: 'tag:password; email; /\\b\\d{16}\\b/=[card]' };

/** None of these may be found anywhere afterwards. */
const SECRETS = ['hunter2', 'jane@example.com', '1234567890123456'];

function record(id: number, isUnwanted: boolean): object {
  const isSecret = id % SECRET_EVERY === 0;
  return {
    service_name: 'shop',
    severity: isUnwanted ? 'debug' : 'info',
    payload: isSecret ? 'mail to jane@example.com, paid with 1234567890123456' : `message ${id}`,
    timestamp: '2026-11-01T12:00:00.000000Z',
    tags: isSecret ? { user: { password: 'hunter2', n: 1.5 }, list: ['jane@example.com'] } : { n: 1.5 },
  };
}

function messageOf(id: number): OutgoingMessage {
  if (id % MALFORMED_EVERY === 0) return malformedMessage(String(id));
  const records =
    id % SEVERAL_EVERY === 0 ? [record(id, false), record(id, true)] : record(id, isUnwanted(id));
  return { data: Buffer.from(JSON.stringify(records)), attributes: { event_id: String(id) } };
}

const NUMBERS = Array.from({ length: MESSAGES }, (_none, number) => number + 1);
const isMalformed = (id: number) => id % MALFORMED_EVERY === 0;
const isSeveral = (id: number) => !isMalformed(id) && id % SEVERAL_EVERY === 0;
const isUnwanted = (id: number) => !isMalformed(id) && !isSeveral(id) && id % UNWANTED_EVERY === 0;
const KEPT = NUMBERS.filter((id) => !isMalformed(id) && !isUnwanted(id));
const STORED_IDS = KEPT.map((id) => (isSeveral(id) ? `${id}-0000` : String(id)));

async function publishAll(system: WorkerSystem): Promise<void> {
  for (let start = 0; start < MESSAGES; start += 500)
    await system.publish(NUMBERS.slice(start, start + 500).map(messageOf));
}

describe('DISCARD and REDACT', () => {
  it('hold for every row, while workers are killed and messages come twice', async () => {
    const broker = await openBroker();
    const system = await openSystem(broker.address, SCREENING);
    const rowsReach = (rows: number) =>
      vi.waitFor(async () => {
        expect((await system.store.totals()).rows).toBeGreaterThanOrEqual(rows);
      }, PATIENCE);
    broker.faults.deliverTwice(300);
    const killed = startLms(['mon', '--no-create'], system.env);
    await publishAll(system);
    await rowsReach(500);
    await killed.stop('SIGKILL');
    const { worker, stop } = await system.startWorker();
    await system.killDatabaseConnections();
    // What the killed one held comes when its lease runs out.
    await rowsReach(KEPT.length);
    await vi.waitFor(() => {
      const name = system.clients.subscriptionName(system.settings.subscription);
      expect(broker.subscriptionStats(name)).toMatchObject({ waiting: 0, outstanding: 0 });
    }, PATIENCE);
    await stop();

    expect((await system.storedIds()).toSorted()).toEqual(STORED_IDS.toSorted());
    const { agree, total } = await system.store.verify();
    expect({ agree, rows: total.rows }).toEqual({ agree: true, rows: KEPT.length });
    for await (const { payload, tags, severity } of system.store.entries()) {
      expect(severity).toBe('info');
      for (const secret of SECRETS) expect(`${payload} ${tags ?? ''}`).not.toContain(secret);
      if (payload.startsWith('mail')) {
        expect(payload).toBe('mail to [redacted], paid with [card]');
        expect(JSON.parse(tags ?? '')).toMatchObject({
          user: { password: '[redacted]' },
          list: ['[redacted]'],
        });
      }
    }
    const { received, held, messages, ...fates } = worker.ledger.counts();
    expect(held).toBe(0);
    expect(Object.values(fates).reduce((sum, count) => sum + count, 0)).toBe(received);
    expect(messages).toBeGreaterThan(0);
    expect(fates.discarded).toBeGreaterThan(0);
    expect(worker.screening?.discardedByService.get('shop')).toBe(fates.discarded);
    expect(worker.screening?.redactions.get('tag:password')).toBeGreaterThan(0);
  }, 120_000);

  it('are on the ledger that a worker prints, tells the database, and is asked for', async () => {
    const broker = await openBroker();
    const system = await openSystem(broker.address, SCREENING);
    const run = newRun();
    const messages = [1, 2, 3].map((seq) => ({
      ...messageOf(seq === 2 ? UNWANTED_EVERY : seq),
      attributes: numbered(run, seq),
    }));
    await system.publish(messages);
    const worker = startLms(['mon', '--no-create'], system.env);
    await vi.waitFor(async () => {
      expect((await system.store.totals()).rows).toBe(2);
    }, PATIENCE);
    const { stdout, status } = await worker.stop();
    expect(status).toBe(0);
    const ledger = { messages: 3, received: 3, stored: 2, discarded: 1, deadLettered: 0, released: 0 };
    expect(stdout).toContain(
      'received 3 = 2 stored + 0 duplicates + 0 dead-lettered + 1 discarded + 0 released',
    );
    const { workers } = JSON.parse((await lmsProcess(['workers', '--json'], system.env)).stdout) as {
      workers: object[];
    };
    expect(workers).toMatchObject([ledger]);

    const verified = await lmsProcess(['verify', '--run', run], system.env);
    expect(verified.status).toBe(1);
    expect(verified.stdout).toContain('workers seen within a day have discarded 1 entry (DISCARD)');
    const asJson = await lmsProcess(['verify', '--run', run, '--json'], system.env);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ missing: { total: 1 }, discardedByWorkers: 1 });
  }, 60_000);

  it('are read by each of several workers', async () => {
    const broker = await openBroker();
    const system = await openSystem(broker.address, SCREENING);
    await publishAll(system);
    const mon = startLms(['mon', '--no-create', '--workers', '2'], system.env);
    await vi.waitFor(async () => {
      expect((await system.store.totals()).rows).toBe(KEPT.length);
    }, PATIENCE);
    const { stdout } = await mon.stop();
    const discarded = NUMBERS.filter((id) => isUnwanted(id) || isSeveral(id)).length;
    const counted = / ([\d,]+) discarded /.exec(stdout)?.[1]?.replaceAll(',', '');
    expect(Number(counted)).toBeGreaterThanOrEqual(discarded);
    for await (const { payload, tags } of system.store.entries())
      for (const secret of SECRETS) expect(`${payload} ${tags ?? ''}`).not.toContain(secret);
  }, 90_000);
});
