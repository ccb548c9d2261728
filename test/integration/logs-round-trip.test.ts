import { describe, expect, inject, it, vi } from 'vitest';
import type { StoredEntry } from '../../src/logs/entry.ts';
import { lms } from '../cli/lms.ts';
import { logEntry } from '../logs/messages.ts';
import { COLLECTOR_SAMPLES } from '../logs/samples/collectors.ts';
import { LIBRARY_SAMPLES } from '../logs/samples/libraries.ts';
import { sampleMessage } from '../support/samples.ts';
import { openSystem, type WorkerSystem } from '../support/worker-system.ts';

const PATIENCE = { timeout: 30_000, interval: 50 };
const OWN = 30;

/** Messages of every format there is: with an identity of their own, an attribute, or none at all. */
const MESSAGES = [
  ...Array.from({ length: OWN }, (_none, index) => sampleMessage(`own-${String(index)}`)),
  ...[...LIBRARY_SAMPLES, ...COLLECTOR_SAMPLES].map(({ record }) => ({
    data: Buffer.from(JSON.stringify(record)),
    attributes: {},
  })),
  { data: Buffer.from(JSON.stringify(logEntry())), attributes: {} },
  {
    data: Buffer.from(
      [1, 2, 3].map((n) => JSON.stringify({ ...logEntry(), insertId: `several-${String(n)}` })).join('\n'),
    ),
    attributes: {},
  },
];

async function rows(system: WorkerSystem): Promise<StoredEntry[]> {
  const found: StoredEntry[] = [];
  for await (const entry of system.store.entries()) found.push(entry);
  return found;
}

/** Has a worker take so many entries, and says what became of them. */
async function work(system: WorkerSystem, entries: number) {
  const { worker, stop } = await system.startWorker();
  await vi.waitFor(() => {
    expect(worker.ledger.counts().received).toBeGreaterThanOrEqual(entries);
  }, PATIENCE);
  await stop();
  return worker.ledger.counts();
}

describe('lms logs --json | lms pub --file -', () => {
  it('adds nothing to the same tables, and the same rows to others', { timeout: 120_000 }, async () => {
    const [system, other] = await Promise.all([
      openSystem(inject('emulatorHost')),
      openSystem(inject('emulatorHost')),
    ]);
    const count = MESSAGES.length + 2;
    await system.publish(MESSAGES);
    expect(await work(system, count)).toMatchObject({ stored: count, deadLettered: 0 });
    const before = await rows(system);

    const { stdout, ...ended } = await lms(['logs', '--json', '-n', 'all'], system.env);
    expect(ended).toEqual({ status: 0, stderr: '' });
    expect(stdout.trimEnd().split('\n')).toHaveLength(count);
    for (const each of [system, other]) {
      const published = await lms(['pub', '--file', '-'], each.env, stdout);
      expect(published).toMatchObject({ status: 0, stderr: '' });
    }

    expect(await work(system, count)).toMatchObject({ received: count, stored: 0, duplicates: count });
    expect(await rows(system)).toEqual(before);
    expect(await work(other, count)).toMatchObject({ stored: count });
    const withoutCreation = (entries: readonly StoredEntry[]) =>
      entries.map((entry) => ({ ...entry, createdAt: '' }));
    expect(withoutCreation(await rows(other))).toEqual(withoutCreation(before));
  });
});
