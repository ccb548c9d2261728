import type { Output } from '../../app/logging.ts';
import { programName } from '../program-name.ts';
import type { DevPlaces } from './run-dev.ts';

/** What the screen tells of. */
export interface Screen extends DevPlaces {
  /** The database's file, as it was named. */
  readonly path: string;
  /** Whether it was made just now. */
  readonly isNew: boolean;
  /** Messages a second of simulated services, if there are any. */
  readonly simulatedRate: number | undefined;
}

/** Says where everything is, and what to try: from another terminal, word by word. */
export function showScreen(screen: Screen, output: Output): void {
  const { url, emulatorHost, path, isNew, simulatedRate } = screen;
  const found = simulatedRate === undefined ? 'service:checkout' : 'severity>=error';
  const program = programName();
  const rows = [
    ['page', `${url}/`],
    ['API', `${url}/api/v1/entries`],
    ['publish to', `PUBSUB_EMULATOR_HOST=${emulatorHost}`],
    ['database', `${path} (${isNew ? 'new' : 'with what was stored before'})`],
    ...(simulatedRate === undefined ? [] : [['simulator', `${String(simulatedRate)} messages a second`]]),
  ];
  const table = rows.map(([name = '', place = '']) => `  ${name.padEnd(11)} ${place}\n`).join('');
  const message = '{"service_name": "checkout", "payload": "card declined", "severity": "warn"}';
  output.write(
    `LMS runs here, all of it. Ctrl-C ends it; what is stored is there again the next time.\n\n${table}\n` +
      `From another terminal:\n\n` +
      `  echo '${message}' | PUBSUB_EMULATOR_HOST=${emulatorHost} ${program} pub\n` +
      `  ${program} agent '/var/log/*.log' --url ${url}\n` +
      `  curl -s '${url}/api/v1/entries?q=${found}&since=1h&format=text'\n\n`,
  );
}
