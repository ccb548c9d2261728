import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { playRetention } from './campaign.ts';

it(
  'whatever cuts a run of retention short, nothing goes that is kept, and counts are in step: a few moments',
  { timeout: 420_000 },
  async () => {
    const isRight = await playRetention({
      seed: 16,
      places: ['server', 'sqlite'],
      moments: 10,
      mysql: {},
      size: { rows: 2_000, batchRows: 80, restMs: 50 },
      rowsBetween: 600,
      directory: fileURLToPath(new URL('../../output/chaos-retention/short/', import.meta.url)),
      print: (text) => void process.stdout.write(text),
    });
    expect(isRight).toBe(true);
  },
);
