import { expect, it, onTestFinished, vi } from 'vitest';
import { TopicPublisher } from '../../src/pubsub/publisher.ts';
import { startLms } from '../cli/lms.ts';
import { openBroker } from '../support/broker.ts';
import { startServe } from '../support/serve-process.ts';
import { openTailGround, type TailGround } from '../support/tail-ground.ts';

const PATIENCE = { timeout: 45_000, interval: 200 };
const SCREENING = { DISCARD: 'severity:debug', REDACT: 'tag:password; email' };
/** No worker here has these settings: what is shown is what the tail made of it. */
const SELDOM_SECONDS = 3_000;
const OFTEN_SECONDS = 0.3;

it.each([
  ['straight on Pub/Sub', SELDOM_SECONDS, {}, false],
  ['straight on the database', OFTEN_SECONDS, { LMS_TAIL: 'poll' }, false],
  ['of an lms serve', SELDOM_SECONDS, {}, true],
  ['of an lms serve that looks at the database', OFTEN_SECONDS, { LMS_TAIL: 'poll' }, true],
] as const)(
  'a tail %s shows nothing that DISCARD and REDACT name',
  async (_name, flushSeconds, source, isServed) => {
    const ground = await openTailGround((await openBroker()).address, flushSeconds);
    const env = { ...ground.env, ...SCREENING, ...source };
    const place = isServed ? ['--url', (await startServe(env)).url] : [];
    const tail = startLms(['tail', '--json', '-n', '0', ...place], isServed ? {} : env);
    onTestFinished(async () => {
      await tail.stop('SIGKILL');
    });
    const printed = async () => (await tail.printed(/^/)).stdout;
    await vi.waitFor(async () => {
      await publish(ground, { severity: 'info', payload: 'to jane@example.com' });
      await publish(ground, { severity: 'debug', payload: 'unwanted' });
      await publish(ground, { severity: 'info', payload: 'the last', password: 'hunter2' });
      expect(await printed()).toContain('the last');
    }, PATIENCE);
    await vi.waitFor(async () => {
      expect(await printed()).toContain('"payload":"to [redacted]"');
    }, PATIENCE);
    const shown = await printed();
    expect(shown).toContain('"password":"[redacted]"');
    for (const secret of ['jane@example.com', 'hunter2', 'unwanted']) expect(shown).not.toContain(secret);
  },
  90_000,
);

async function publish(ground: TailGround, entry: object): Promise<void> {
  const record = { service_name: 'shop', timestamp: new Date().toISOString(), ...entry };
  await new TopicPublisher(ground.clients, 'log-topic').publish([
    { data: Buffer.from(JSON.stringify(record)), attributes: {} },
  ]);
}
