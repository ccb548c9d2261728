import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { stopSignal } from '../../src/app/signals.ts';

const SIGNALS = new URL('../../src/app/signals.ts', import.meta.url).href;

/** Runs a script that has `stopSignal` and prints `ready`, and waits until it did. */
async function startScript(script: string): Promise<ChildProcess & { lines: AsyncIterator<string> }> {
  const source = `import { stopSignal } from '${SIGNALS}';\n${script}\nconsole.log('ready');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  expect(await lines.next()).toMatchObject({ value: 'ready' });
  return Object.assign(child, { lines });
}

describe('stopSignal', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('aborts on %s and says so', async (name) => {
    const child = await startScript(`
      const stop = stopSignal();
      const alive = setInterval(() => {}, 1000);
      stop.signal.addEventListener('abort', () => { clearInterval(alive); console.log(stop.reason()); stop.dispose(); });`);
    child.kill(name);
    expect(await child.lines.next()).toMatchObject({ value: name });
    await once(child, 'close');
    expect(child.exitCode).toBe(0);
  });

  it('aborts after the duration', async () => {
    const stop = stopSignal({ durationMs: 5 });
    expect(stop.reason()).toBeUndefined();
    await once(stop.signal, 'abort');
    expect(stop.reason()).toBe('duration');
    stop.dispose();
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('exits at once on a later %s, with %i, after the last word', async (name, status) => {
    const child = await startScript(`
      stopSignal({ beforeExit: (name) => console.log('cut off by ' + name) });
      setInterval(() => {}, 1000);`);
    const insisting = setInterval(() => child.kill(name), 50);
    expect(await child.lines.next()).toMatchObject({ value: `cut off by ${name}` });
    await once(child, 'close');
    clearInterval(insisting);
    expect(child.exitCode).toBe(status);
  });

  it('takes the same signal twice in a moment for one: npm passes on what the terminal has sent already', async () => {
    const child = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `import { stopSignal } from '${SIGNALS}';
       const stop = stopSignal();
       process.emit('SIGINT', 'SIGINT');
       process.emit('SIGINT', 'SIGINT');
       stop.dispose();
       console.log('still here');`,
    ]);
    expect(await text(child.stdout)).toBe('still here\n');
  });

  it('takes no first signal for a second one: what stopped by itself may flush in peace', async () => {
    const stop = stopSignal({ durationMs: 1 });
    await once(stop.signal, 'abort');
    process.emit('SIGTERM', 'SIGTERM');
    expect(stop.reason()).toBe('duration');
    stop.dispose();
  });

  it('leaves nothing behind once it is disposed of: signals have their usual effect again', async () => {
    const child = await startScript(`
      const stop = stopSignal({ durationMs: 600_000 });
      stop.dispose();
      stop.dispose();
      setInterval(() => {}, 1000);`);
    child.kill('SIGTERM');
    await once(child, 'close');
    expect(child.signalCode).toBe('SIGTERM');
  });
});
