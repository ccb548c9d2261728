// A service that logs through the transport and ends as it is told to:
//   node pino.ts <how> '<options of the transport>' [lines]
import { setTimeout } from 'node:timers/promises';
import pino from 'pino';

const [how = '', options = '{}', lines = '1000'] = process.argv.slice(2);
const transport = { target: 'lms-log/pino', options: JSON.parse(options) as Record<string, unknown> };
const logger = pino({
  name: 'program',
  customLevels: { audit: 35 },
  redact: ['card.number'],
  transport: how === 'targets' ? { targets: [transport] } : transport,
});

function write(count: number, bytes = 0): void {
  const pad = 'x'.repeat(bytes);
  for (let n = 0; n < count; n += 1) logger.info({ n, pad }, `line ${n}`);
}

function fail(): void {
  throw new Error('outer', { cause: new TypeError('inner') });
}

/** Logs a thousand lines at a time with the event loop running between, as services do. */
async function writeInRounds(): Promise<void> {
  for (let written = 0; written < Number(lines); written += 1_000) {
    write(1_000, 1_000);
    await setTimeout(20);
  }
}

const endings: Readonly<Record<string, () => void | Promise<void>>> = {
  throw: () => {
    write(3);
    fail();
  },
  caught: () => {
    logger.error('x'.repeat(100_000));
    try {
      fail();
    } catch (error) {
      logger.error(error);
    }
  },
  exit: () => {
    write(Number(lines));
    process.exit(3);
  },
  flush: () => {
    write(Number(lines));
    logger.flush(() => process.stdout.write('flushed\n'));
  },
  end: () => {
    write(Number(lines), 1_000);
  },
  rounds: writeInRounds,
};

const usual = () => {
  logger.audit({ card: { number: '4111' } }, 'paid');
  logger.child({ request: 'r1' }).warn('slow');
};

await (endings[how] ?? usual)();
