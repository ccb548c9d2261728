import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Cleaning up that happens when `release` is called, or when this process ends without having called it. */
export interface Guard {
  release(): Promise<void>;
}

/**
 * Runs a shell script, with `args` as $1, $2, …, when this process is gone: after a crash and `kill -9` too.
 * The guard is a process of its own that reads from a pipe; the pipe closes with us, whatever ends us.
 */
export function guard(script: string, ...args: readonly string[]): Guard {
  const child = spawn('sh', ['-c', `cat >/dev/null; ${script}`, 'guard', ...args], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true, // a Ctrl-C in the terminal must not end the guard before its work is done
  });
  const ended = once(child, 'exit');
  child.unref();
  return {
    async release() {
      child.ref();
      child.stdin.end();
      await ended;
    },
  };
}
