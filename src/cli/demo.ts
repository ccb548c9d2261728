import type { Command } from 'commander';
import { newRun } from '../agent/numbering.ts';
import { steadyPace } from '../agent/pace.ts';
import { paced } from '../agent/paced.ts';
import { Simulator } from '../agent/simulator.ts';
import type { SettingName } from '../config/schema.ts';
import type { LoadedSettings, Settings } from '../config/settings.ts';
import { LmsError } from '../errors/catalogue.ts';
import { systemClock } from '../pipeline/clock.ts';
import type { Context } from './command.ts';
import { ledgerText } from './ledger-report.ts';
import { Narrator } from './narrator.ts';
import { perform } from './performance.ts';
import { count, showProgress } from './progress.ts';
import { settingFlags, settingsFrom } from './setting-flags.ts';
import { stopSignal } from './signals.ts';
import { setStage, type Stage } from './stage.ts';
import { verificationTable } from './verification-table.ts';

const SERVICES = ['alpha', 'bravo', 'charlie'];
const MESSAGES_PER_SECOND = 100;
const INVALID_SHARE = 0.02;
/** Settings that suit some seconds of demonstration, where none were named. */
const USUAL = { durationMs: 8_000, batchSize: 200, flushIntervalMs: 3_000 };

/** `lms demo`: simulator and worker together, on embedded parts unless settings name real ones. */
export function configure(command: Command, context: Context): void {
  command
    .description(
      'See it all work: a simulator publishes for some seconds, a worker stores in batches, and at the end the tables ' +
        'are shown side by side. Everything is embedded, unless settings name a real database (DATABASE_URL) or a ' +
        'real Pub/Sub (PUBSUB_EMULATOR_HOST or PUBSUB_PROJECT_ID), where topic and subscription are its own.',
    )
    .addHelpText('after', EXAMPLES)
    .action(() => demonstrate(command, context));
  settingFlags(command, [
    'DURATION',
    'BATCHSIZE',
    'FLUSHINTERVAL',
    'DATABASE_URL',
    'PUBSUB_EMULATOR_HOST',
    'PUBSUB_PROJECT_ID',
  ]);
}

const EXAMPLES = `
Examples:
  lms demo
  lms demo --batch-size 50 --flush-interval 1
  PUBSUB_EMULATOR_HOST=127.0.0.1:8681 DATABASE_URL=mysql://root@127.0.0.1:3306/lms lms demo`;

async function demonstrate(command: Command, context: Context): Promise<void> {
  const loaded = settingsFrom(command, context);
  const settings = suited(loaded);
  const stop = stopSignal();
  const run = newRun();
  let published = 0;
  const durationMs = settings.durationMs ?? USUAL.durationMs;
  const due = (MESSAGES_PER_SECOND * durationMs) / 1000;
  const progress = showProgress(
    'published',
    () => ({ done: published, share: published / due }),
    context.stderr,
  );
  const narrator = new Narrator(context.stdout, (lines) => {
    progress.print(context.stdout, lines);
  });
  const real = {
    pubsub: isNamed(loaded, 'PUBSUB_EMULATOR_HOST') || isNamed(loaded, 'PUBSUB_PROJECT_ID'),
    database: isNamed(loaded, 'DATABASE_URL'),
  };
  const stage = await setStage(settings, run, real, narrator.log('mon'));
  try {
    progress.print(context.stdout, `On ${stage.description}.\n\n`);
    const simulator = new Simulator({
      run,
      services: SERVICES,
      invalidShare: INVALID_SHARE,
      seed: Date.now(),
    });
    const extent = { maxCount: Infinity, durationMs };
    const supply = paced((n) => simulator.make(n), steadyPace(MESSAGES_PER_SECOND), extent, systemClock);
    narrator.say(
      'sim',
      `${SERVICES.join(', ')} publish ${count(MESSAGES_PER_SECOND)} messages a second, ${INVALID_SHARE * 100} % of them malformed`,
    );
    const onConfirmed = (messages: readonly unknown[]) => {
      published += messages.length;
    };
    await perform(stage, { supply, stop: stop.signal, onConfirmed });
    narrator.say('sim', `published ${count(published)} messages`);
    progress.stop();
    await showTables(stage, published, context);
  } finally {
    progress.stop();
    stop.dispose();
    await stage.close();
  }
}

async function showTables(stage: Stage, published: number, context: Context): Promise<void> {
  const { ledger } = stage.worker;
  const verification = await stage.store.verify();
  context.stdout.write(`\n${verificationTable(verification)}\n${ledgerText(ledger)}\n`);
  if (!verification.agree) throw new LmsError('DISAGREE', 'the tables differ');
  const { stored, deadLettered } = ledger;
  if (stored + deadLettered !== published) {
    throw new LmsError(
      'DISAGREE',
      `published ${count(published)}, but ${count(stored)} are stored and ${count(deadLettered)} dead-lettered`,
    );
  }
  context.stdout.write(
    `The tables agree. Published ${count(published)} = ${count(stored)} stored + ${count(deadLettered)} in the dead-letter topic.\n`,
  );
}

function suited({ settings, origins }: LoadedSettings): Settings {
  const isUnset = (name: SettingName) => origins.get(name) === 'default';
  return {
    ...settings,
    ...(isUnset('BATCHSIZE') && { batchSize: USUAL.batchSize }),
    ...(isUnset('FLUSHINTERVAL') && { flushIntervalMs: USUAL.flushIntervalMs }),
  };
}

function isNamed({ origins }: LoadedSettings, name: SettingName): boolean {
  return !['default', 'derived'].includes(origins.get(name) ?? 'default');
}
