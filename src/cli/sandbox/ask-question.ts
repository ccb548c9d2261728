import { createLog } from '../../app/logging.ts';
import type { StopRequest } from '../../app/signals.ts';
import { withReader } from '../../app/with-reader.ts';
import type { Settings } from '../../config/settings.ts';
import type { Context } from '../context.ts';
import type { LogsOptions } from '../logs/options.ts';
import { outputOf } from '../logs/output.ts';
import { readQuestion } from '../logs/question.ts';
import { showEntries } from '../logs/show-entries.ts';
import { programName } from '../program-name.ts';
import type { Sandbox } from './sandbox.ts';

const EXPRESSION = 'service:bravo severity>=error';
const LINES = 5;

/** Asks what is stored for something, shows the answer, and says how to ask the next question. */
export async function askQuestion({ settings }: Sandbox, stop: StopRequest, context: Context): Promise<void> {
  const { stdout } = context;
  const { logs, serve } = commandLines(settings);
  stdout.write(`\nWhat went wrong in bravo?  ${logs} '${EXPRESSION}' -n ${LINES}\n\n`);
  const options: LogsOptions = { lines: LINES, color: 'auto', pager: false };
  const nowMs = Date.now();
  const question = readQuestion({ expression: [EXPRESSION] }, nowMs);
  const output = outputOf(options, { question, context, onPager: () => undefined });
  const log = createLog({ level: settings.logLevel, command: 'demo', output: context.stderr });
  const { found } = await withReader({ settings, log, stop }, (means) =>
    showEntries({ question, options, means, ...output, nowMs }),
  );
  if (found === 0) stdout.write('Nothing, this time.\n');
  const kept = settings.database.kind === 'sqlite' ? ' (the rows stay in that file)' : '';
  stdout.write(
    `\nAsk the next one${kept}:\n\n  ${logs} --histogram --by severity\n  ${logs} 'message "#42)"' -C 3\n  ${logs} --help\n` +
      `\nOr look at it in a browser: run this, and open http://127.0.0.1:${settings.servePort}/\n\n  ${serve}\n`,
  );
}

/** `lms logs` and `lms serve` as they are called here, on the database of the sandbox. */
function commandLines({ database }: Settings): { readonly logs: string; readonly serve: string } {
  const program = programName();
  const on = database.kind === 'sqlite' ? ` --database-url sqlite:${database.path}` : '';
  // The Pub/Sub of the sandbox, or its topic, is gone by then: what is published is looked for in the database.
  return { logs: `${program} logs${on}`, serve: `${program} serve${on} --tail poll` };
}
