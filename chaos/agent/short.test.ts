import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { playAgent } from './campaign.ts';

it(
  'each line of a log and of connections is there once, whatever happens to agent and broker: a few moments',
  { timeout: 420_000 },
  async () => {
    const isRight = await playAgent({
      seed: 17,
      rounds: [1],
      moments: 12,
      senders: 3,
      directory: fileURLToPath(new URL('../../output/chaos-agent/short/', import.meta.url)),
      print: (text) => void process.stdout.write(text),
    });
    expect(isRight).toBe(true);
  },
);
