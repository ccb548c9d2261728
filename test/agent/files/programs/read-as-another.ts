import { createInterface } from 'node:readline';
import { FilesInput } from '../../../../src/agent/files/files-input.ts';
import { OpenFiles } from '../../../../src/agent/files/open-files.ts';
import { FileState } from '../../../../src/agent/files/state.ts';
import { StateDirectory } from '../../../../src/agent/files/state-directory.ts';
import { systemClock } from '../../../../src/pipeline/clock.ts';

// A process of its own, as another user: reads a file, and says what it has. Ends with its standard input.
const [, , directory = '', path = ''] = process.argv;
const say = (text: string) => process.stdout.write(`${text}\n`);

async function start(): Promise<() => Promise<void>> {
  const state = await FileState.open(await StateDirectory.open(`${directory}/state`), systemClock);
  const stop = new AbortController();
  const input = new FilesInput({
    name: 'logs',
    paths: [path],
    read: { service: 'test', host: 'here', format: 'text', multiline: 'off', tags: {} },
    state,
    clock: systemClock,
    once: false,
    openFiles: new OpenFiles({ files: 10, deletedFiles: 1 }),
    onNotice: say,
    timing: { lookMs: 20, unwatchedLookMs: 50, watchedLookMs: 50 },
  });
  const timer = setInterval(() => {
    const { state: how, reason } = input.status();
    if (how === 'failing') say(`failing ${reason ?? ''}`);
  }, 20);
  const done = (async () => {
    for await (const batch of input.batches(stop.signal)) {
      for (const { payload } of batch.entries) say(`row ${payload}`);
      await input.confirm(batch);
    }
  })();
  return async () => {
    clearInterval(timer);
    stop.abort();
    await done;
    await input.close();
    await state.close();
    say('stopped');
  };
}

let stop = await start();
for await (const line of createInterface(process.stdin)) {
  if (line === 'stop') await stop();
  else stop = await start();
}
await stop();
