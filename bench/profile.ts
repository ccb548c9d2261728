import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runWorkers } from './cases/worker.ts';
import { byFunction, byPlace, readProfile } from './cpu-profile.ts';
import { flameGraph } from './flame-graph.ts';
import { USUAL } from './messages.ts';
import { Stage } from './stage.ts';

// `make profile`: a CPU profile of the worker under full load and its flame graph, in output/profile/. The
// sampling itself costs some: for numbers, see `make bench`.
const OUTPUT = fileURLToPath(new URL('../output/profile/', import.meta.url));
const SET = { ...USUAL, count: 400_000 };
const LISTED = 15;

rmSync(OUTPUT, { recursive: true, force: true });
mkdirSync(OUTPUT, { recursive: true });
const stage = await Stage.open();
try {
  const nodeOptions = ['--cpu-prof', `--cpu-prof-dir=${OUTPUT}`, '--cpu-prof-interval=500'];
  const { value, cpuMicros = 0 } = await runWorkers(stage, SET, { nodeOptions });
  print(
    `${Math.round(value).toLocaleString('en-US')} messages/s, ${cpuMicros.toFixed(1)} µs a message while profiled\n`,
  );
} finally {
  await stage.close();
}

const written = readdirSync(OUTPUT).find((name) => name.endsWith('.cpuprofile'));
if (written === undefined) throw new Error(`no profile was written to ${OUTPUT}`);
const root = readProfile(join(OUTPUT, written));
writeFileSync(
  join(OUTPUT, 'flame-graph.html'),
  flameGraph(`lms mon, ${SET.count} messages of ${SET.bytes} B`, root),
);
list('by place', byPlace(root));
list('by function', byFunction(root));
print(`${OUTPUT}flame-graph.html\n${OUTPUT}${written} opens in the DevTools of a browser, too`);

function list(title: string, times: readonly [string, number][]): void {
  print(`${title}: µs a message`);
  for (const [name, ms] of times.slice(0, LISTED))
    print(`${((ms * 1000) / SET.count).toFixed(2).padStart(8)}  ${name}`);
  print('');
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
