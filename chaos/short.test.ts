import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { playAll } from './campaign.ts';

it(
  'nothing is lost and nothing is counted twice: two short rounds of chaos, and one on a Galera cluster',
  { timeout: 420_000 },
  async () => {
    const passed = await playAll({
      seed: 7,
      // Round 10 is on the emulator, where there is one; 101 on the cluster.
      rounds: [9, 10, 101],
      size: { messages: 4_000, faults: 42, durationMs: 8_000 },
      clusterSize: { messages: 4_000, faults: 12, durationMs: 20_000 },
      mysql: {},
      directory: fileURLToPath(new URL('../output/chaos/short/', import.meta.url)),
      print: (text) => void process.stdout.write(text),
    });
    expect(passed).toBe(true);
  },
);
