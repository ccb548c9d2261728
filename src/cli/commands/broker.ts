import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { type Command, Option } from 'commander';
import { stopSignal } from '../../app/signals.ts';
import { startBroker } from '../../broker/broker.ts';
import type { Context } from '../context.ts';
import { wholeNumber } from '../options.ts';

interface BrokerFlags {
  readonly host: string;
  readonly port: number;
}

/** `lms broker`: the embedded broker for other processes. */
export function configure(command: Command, context: Context): void {
  command
    .description(
      "Run the embedded broker: it speaks Pub/Sub's own protocol, so that Google's client libraries and every lms command " +
        'can use it as they use the emulator. It keeps everything in memory, and runs until Ctrl-C.',
    )
    .option('--port <n>', 'port to listen on; 0: any free one', wholeNumber(0, 65_535), 8681)
    .addOption(new Option('--host <address>', 'address to listen on').default('127.0.0.1', '127.0.0.1'))
    .addHelpText('after', EXAMPLES)
    .action((flags: BrokerFlags) => serve(flags, context));
}

const EXAMPLES = `
Examples:
  lms broker
  lms broker --port 0                                 and read the port from the line that it prints
  PUBSUB_EMULATOR_HOST=127.0.0.1:8681 lms sim         from another terminal`;

async function serve(flags: BrokerFlags, context: Context): Promise<void> {
  const stop = stopSignal();
  try {
    const broker = await startBroker(flags);
    const host = isIPv6(broker.host) ? `[${broker.host}]` : broker.host;
    const address = `${host}:${broker.port}`;
    context.stdout.write(`listening on ${address} — export PUBSUB_EMULATOR_HOST=${address}\n`);
    if (!stop.signal.aborted) await once(stop.signal, 'abort');
    await broker.close();
  } finally {
    stop.dispose();
  }
}
