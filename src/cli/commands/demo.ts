import type { Command } from 'commander';
import type { Supply } from '../../agent/publish-all.ts';
import { ledgerReport } from '../../app/ledger-report.ts';
import { stopSignal } from '../../app/signals.ts';
import type { SettingName } from '../../config/schema.ts';
import type { LoadedSettings, Settings } from '../../config/settings.ts';
import { LmsError } from '../../errors/catalogue.ts';
import { systemClock } from '../../pipeline/clock.ts';
import { newRun } from '../../runs/run-ids.ts';
import { paced } from '../../simulator/paced.ts';
import { steadyRate } from '../../simulator/rate.ts';
import { type SimulatedMessage, Simulator } from '../../simulator/simulator.ts';
import type { Context } from '../context.ts';
import { ledgerText } from '../output/ledger.ts';
import { count } from '../output/numbers.ts';
import { showProgress } from '../output/progress.ts';
import { verificationTable } from '../output/verification.ts';
import { askQuestion } from '../sandbox/ask-question.ts';
import { Narrator } from '../sandbox/narrator.ts';
import { runSandbox } from '../sandbox/run.ts';
import { openSandbox, type RealParts, type Sandbox } from '../sandbox/sandbox.ts';
import { settingFlags, settingsFrom } from '../setting-flags.ts';

const SERVICES = ['alpha', 'bravo', 'charlie'];
const MESSAGES_PER_SECOND = 100;
const INVALID_SHARE = 0.02;
/** Settings that suit some seconds of demonstration, where none were named. */
const USUAL = { durationMs: 8_000, batchSize: 200, flushIntervalMs: 3_000 };

const EMBEDDED = 'an embedded one';

/** `lms demo`: simulator and worker together, on embedded parts unless settings name real ones. */
export function configure(command: Command, context: Context): void {
  command
    .description(
      'See it all work: a simulator publishes for some seconds, a worker stores in batches, and at the end the tables ' +
        'are shown side by side, and a question is asked of them. Everything is embedded, unless settings name a real database (DATABASE_URL) or a ' +
        'real Pub/Sub (PUBSUB_EMULATOR_HOST or PUBSUB_PROJECT_ID), where topic and subscription are its own. Rows in a real database stay; those of the embedded one do until its file is removed.',
    )
    .addHelpText('after', EXAMPLES)
    .action(() => demonstrate(command, context));
  settingFlags(
    command,
    [
      'DURATION',
      'BATCHSIZE',
      'FLUSHINTERVAL',
      'DISCARD',
      'REDACT',
      'DATABASE_URL',
      'PUBSUB_EMULATOR_HOST',
      'PUBSUB_PROJECT_ID',
      'PUBSUB_API_ENDPOINT',
    ],
    {
      DURATION: String(USUAL.durationMs / 1000),
      BATCHSIZE: String(USUAL.batchSize),
      FLUSHINTERVAL: String(USUAL.flushIntervalMs / 1000),
      DATABASE_URL: EMBEDDED,
      PUBSUB_PROJECT_ID: EMBEDDED,
    },
  );
}

const EXAMPLES = `
Examples:
  lms demo
  lms demo --batch-size 50 --flush-interval 1
  PUBSUB_EMULATOR_HOST=127.0.0.1:8681 DATABASE_URL=mysql://root@127.0.0.1:3306/lms lms demo`;

async function demonstrate(command: Command, context: Context): Promise<void> {
  const loaded = settingsFrom(command, context);
  const settings = suited(loaded);
  const { durationMs } = settings;
  const run = newRun();
  const stop = stopSignal();
  let published = 0;
  const due = (MESSAGES_PER_SECOND * durationMs) / 1000;
  const progress = showProgress({
    label: 'published',
    read: () => ({ done: published, share: published / due }),
    stderr: context.stderr,
  });
  const print = (lines: string) => {
    progress.print(context.stdout, lines);
  };
  const narrator = new Narrator(context.stdout, print);
  const told = { log: narrator.log('mon'), events: narrator };
  let sandbox: Sandbox | undefined;
  try {
    sandbox = await openSandbox({ settings, run, real: realParts(loaded), told, keepsDatabase: true });
    print(`On ${sandbox.description}.\n\n`);
    narrator.say(
      'sim',
      `${SERVICES.join(', ')}: ${count(MESSAGES_PER_SECOND)} messages a second, one in 50 malformed`,
    );
    const onConfirmed = (messages: readonly unknown[]) => {
      published += messages.length;
    };
    await runSandbox(sandbox, { supply: simulation(run, durationMs), stop: stop.signal, onConfirmed });
    narrator.say('sim', `published ${count(published)} messages`);
    progress.stop();
    await showTables(sandbox, published, context);
    await askQuestion(sandbox, stop, context);
  } finally {
    progress.stop();
    stop.dispose();
    await sandbox?.close();
  }
}

function simulation(run: string, durationMs: number): Supply<SimulatedMessage> {
  const simulator = new Simulator({ run, services: SERVICES, invalidShare: INVALID_SHARE, seed: Date.now() });
  const extent = { maxCount: Infinity, durationMs };
  return paced((messages) => simulator.make(messages), {
    rate: steadyRate(MESSAGES_PER_SECOND),
    extent,
    clock: systemClock,
  });
}

async function showTables(sandbox: Sandbox, published: number, context: Context): Promise<void> {
  const { ledger } = sandbox.worker;
  const verification = await sandbox.store.verify();
  context.stdout.write(`\n${verificationTable(verification)}\n${ledgerText(ledgerReport(ledger))}\n`);
  if (!verification.agree) throw new LmsError('DISAGREE', 'the tables differ');
  const { stored, deadLettered, discarded } = ledger;
  if (stored + deadLettered + discarded !== published) {
    throw new LmsError(
      'DISAGREE',
      `published ${count(published)}, but ${count(stored)} are stored, ${count(deadLettered)} dead-lettered and ${count(discarded)} discarded`,
    );
  }
  const discards = discarded > 0 ? ` + ${count(discarded)} discarded` : '';
  context.stdout.write(
    `The tables agree. Published ${count(published)} = ${count(stored)} stored + ${count(deadLettered)} in the dead-letter topic${discards}.\n`,
  );
}

function suited({ settings, origins }: LoadedSettings): Settings & { readonly durationMs: number } {
  const isUnset = (name: SettingName) => origins.get(name) === 'default';
  return {
    ...settings,
    durationMs: settings.durationMs ?? USUAL.durationMs,
    ...(isUnset('BATCHSIZE') && { batchSize: USUAL.batchSize }),
    ...(isUnset('FLUSHINTERVAL') && { flushIntervalMs: USUAL.flushIntervalMs }),
  };
}

/** Naming one of them is asking for a real Pub/Sub. */
const PUBSUB_PLACES: readonly SettingName[] = [
  'PUBSUB_EMULATOR_HOST',
  'PUBSUB_PROJECT_ID',
  'PUBSUB_API_ENDPOINT',
];

function realParts({ origins }: LoadedSettings): RealParts {
  const isNamed = (name: SettingName) => !['default', 'derived'].includes(origins.get(name) ?? 'default');
  return {
    pubsub: PUBSUB_PLACES.some(isNamed),
    database: isNamed('DATABASE_URL'),
  };
}
