import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem, type } from 'node:os';

/** What a number depends on, in one line. */
export function machine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  const load = loadavg()[0]?.toFixed(1) ?? '?';
  const system = `${type()} ${release().split('-')[0] ?? ''}`;
  return `${cpus().length} × ${cpu?.model ?? 'CPU'}, ${memory} GiB, ${system}, Node ${process.versions.node}, load ${load} at the start`;
}

/** The commit of this checkout, with a mark if files of ours differ from it. */
export function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  try {
    const changed = git('status', '--porcelain', '--', 'src', 'bench', 'package-lock.json') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${changed ? ' with changes' : ''}`;
  } catch {
    return 'of no git checkout';
  }
}
