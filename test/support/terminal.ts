import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Environment } from '../../src/config/sources.ts';
import { findProgram } from './program.ts';

/** What a command shows on a terminal, and how it ends. */
export interface Shown {
  /** With all that the terminal is told besides text. */
  readonly screen: string;
  readonly status: number;
}

/** A terminal for one command. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  readonly env?: Environment;
  /** Typed one after the other, each once the screen has what comes before it. */
  readonly keys?: readonly { readonly after: RegExp; readonly type: string }[];
}

/** Runs a command, in the words of a shell, on a terminal of its own: util-linux's `script` makes one. */
export async function onTerminal(
  command: string,
  { columns, rows, env = {}, keys = [] }: Terminal,
): Promise<Shown> {
  const script = await findProgram('script');
  if (script === undefined)
    throw new Error('no script on this machine: install it (Debian: apt-get install bsdutils)');
  const line = `stty cols ${String(columns)} rows ${String(rows)}; ${command}; echo "[status $?]"`;
  const child = spawn(script, ['-qec', line, '/dev/null'], {
    env: { PATH: process.env['PATH'], TERM: 'xterm', LC_ALL: 'C.UTF-8', SHELL: '/bin/sh', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const left = [...keys];
  let seen = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    seen += part;
    const [next] = left;
    if (!next?.after.test(seen)) return;
    left.shift();
    child.stdin.write(next.type);
  });
  const [screen] = await Promise.all([text(child.stdout), once(child, 'close')]);
  const status = /\[status (\d+)\]\s*$/.exec(screen)?.[1];
  return {
    screen: screen.replaceAll('\r\n', '\n').replace(/\[status \d+\]\s*$/, ''),
    status: Number(status),
  };
}
