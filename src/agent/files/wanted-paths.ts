import { readlink, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isAbsent, whyOf } from './faults.ts';
import { NameIndex } from './name-index.ts';
import { findPaths, type FoundPaths } from './paths.ts';
import { type FileStat, fileStat } from './source-file.ts';
import type { FileTiming } from './timing.ts';

/** What a path leads to. */
export interface Seen {
  readonly path: string;
  readonly stat: FileStat;
}

/** A path that leads to another file than before, or to none. */
export interface Change {
  readonly path: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

interface WantedPath {
  key: string | undefined;
  /** Of a symbolic link: the file to which it led when it was looked at last. */
  target: string | undefined;
  size: number;
  modifiedMs: number;
  lookAtMs: number;
  intervalMs: number;
}

const AT_ONCE = 32;

/** What looking brought. */
export interface Looks {
  readonly seen: readonly Seen[];
  readonly changes: readonly Change[];
}

/** The paths that an input is to read, and where they lead. Each is looked at as often as something happens there. */
export class WantedPaths {
  readonly #inputs: readonly string[];
  readonly #timing: FileTiming;
  readonly #paths = new Map<string, WantedPath>();
  readonly #byName = new NameIndex<string>();
  readonly #problems = new Map<string, string>();
  #found: FoundPaths = { paths: new Set(), directories: new Set(), problems: [], unknown: new Set() };
  #listAtMs = -Infinity;
  #revision = 0;
  /** By their targets. */
  readonly #links = new Map<string, string>();
  /** Whether the system tells of what happens. */
  isWatched = false;

  constructor(inputs: readonly string[], timing: FileTiming) {
    this.#inputs = inputs;
    this.#timing = timing;
  }

  /** Where new files would be, and where the files are to which links lead. */
  get directories(): ReadonlySet<string> {
    return new Set([...this.#found.directories, ...Array.from(this.#links.keys(), dirname)]);
  }

  /** What could not be looked at, for a person. */
  get problems(): readonly string[] {
    return [...this.#found.problems, ...this.#problems.values()];
  }

  /** Another one whenever they were looked for, or links led elsewhere: the directories may be others. */
  get revision(): number {
    return this.#revision;
  }

  get size(): number {
    return this.#paths.size;
  }

  has(path: string): boolean {
    return this.#paths.has(path);
  }

  /** The path by which the file at this path is read: itself, or a link to it. */
  pathTo(path: string): string | undefined {
    return this.#paths.has(path) ? path : this.#links.get(path);
  }

  /** Those from which what is at this path may have been rotated away, by its name. */
  originalsOf(path: string): ReadonlySet<string> {
    return this.#byName.originalsOf(path);
  }

  /** The key of what the path led to when it was looked at last. */
  keyAt(path: string): string | undefined {
    return this.#paths.get(path)?.key;
  }

  /** New files may be there. */
  listSoon(): void {
    this.#listAtMs = -Infinity;
  }

  /** Something happened at this path, or all of them. */
  lookSoon(path?: string): void {
    for (const wanted of path === undefined ? this.#paths.values() : [this.#paths.get(path)])
      if (wanted !== undefined) wanted.lookAtMs = -Infinity;
  }

  /** Anything may have happened. */
  allSoon(): void {
    this.listSoon();
    this.lookSoon();
  }

  /** Looks for new paths if it is time for that. */
  async list(nowMs: number): Promise<readonly Change[]> {
    if (nowMs < this.#listAtMs) return [];
    this.#listAtMs = nowMs + this.#idleLookMs;
    this.#found = await findPaths(this.#inputs);
    this.#revision += 1;
    const changes: Change[] = [];
    for (const [path, wanted] of this.#paths) {
      const { key } = wanted;
      if (this.#found.paths.has(path) || this.#isUnknown(path)) continue;
      this.#linksTo(path, wanted, undefined);
      this.#paths.delete(path);
      this.#byName.remove(path, path);
      this.#problems.delete(path);
      if (key !== undefined) changes.push({ path, from: key, to: undefined });
    }
    for (const path of this.#found.paths) {
      if (this.#paths.has(path)) continue;
      const { lookMs } = this.#timing;
      this.#byName.add(path, path);
      const unseen = { key: undefined, target: undefined, size: -1, modifiedMs: 0 };
      this.#paths.set(path, { ...unseen, lookAtMs: nowMs, intervalMs: lookMs });
    }
    return changes;
  }

  /** Looks where the paths lead whose time it is. A path whose file cannot be looked at leads where it led. */
  async look(nowMs: number): Promise<Looks> {
    const due = Array.from(this.#paths).filter(([, { lookAtMs }]) => lookAtMs <= nowMs);
    const seen: Seen[] = [];
    const changes: Change[] = [];
    for (let start = 0; start < due.length; start += AT_ONCE) {
      const looks = due.slice(start, start + AT_ONCE).map(async ([path, wanted]) => {
        // Said before, so that a hint that comes meanwhile is not forgotten.
        wanted.lookAtMs = nowMs + this.#timing.lookMs;
        const found = await this.#statOf(path);
        if (found === 'unknown') return;
        if (found !== undefined) seen.push({ path, stat: found });
        if (found?.key !== wanted.key) {
          changes.push({ path, from: wanted.key, to: found?.key });
          this.#linksTo(path, wanted, await targetOf(path));
        }
        this.#note(wanted, found, nowMs);
      });
      await Promise.all(looks);
    }
    return { seen, changes };
  }

  #linksTo(path: string, wanted: WantedPath, target: string | undefined): void {
    if (wanted.target === target) return;
    if (wanted.target !== undefined) this.#links.delete(wanted.target);
    if (target !== undefined) this.#links.set(target, path);
    wanted.target = target;
    this.#revision += 1;
  }

  /** Whether it may be there, as what it lies in cannot be looked at for now. */
  #isUnknown(path: string): boolean {
    if (this.#found.unknown.size === 0) return false;
    for (let part = path; part !== dirname(part); part = dirname(part))
      if (this.#found.unknown.has(part)) return true;
    return false;
  }

  get #idleLookMs(): number {
    return this.isWatched ? this.#timing.watchedLookMs : this.#timing.unwatchedLookMs;
  }

  async #statOf(path: string): Promise<FileStat | 'unknown' | undefined> {
    try {
      const stats = await stat(path);
      this.#problems.delete(path);
      return stats.isFile() ? fileStat(stats) : undefined;
    } catch (error) {
      if (isAbsent(error)) return undefined;
      this.#problems.set(path, `${path}: ${whyOf(error)}`);
      return 'unknown';
    }
  }

  #note(wanted: WantedPath, found: FileStat | undefined, nowMs: number): void {
    const isSame =
      found?.key === wanted.key && found?.size === wanted.size && found.modifiedMs === wanted.modifiedMs;
    const { lookMs } = this.#timing;
    wanted.intervalMs = isSame ? Math.min(this.#idleLookMs, wanted.intervalMs * 2) : lookMs;
    if (wanted.lookAtMs !== -Infinity) wanted.lookAtMs = nowMs + wanted.intervalMs;
    wanted.key = found?.key;
    wanted.size = found?.size ?? -1;
    wanted.modifiedMs = found?.modifiedMs ?? 0;
  }
}

/** Where a symbolic link leads at last; undefined of what is none. */
async function targetOf(path: string): Promise<string | undefined> {
  const isLink = await readlink(path).then(
    () => true,
    () => false,
  );
  return isLink ? realpath(path).catch(() => undefined) : undefined;
}
