import { realpath, stat } from 'node:fs/promises';
import { type FollowedFile, hasBytesRead } from './followed-file.ts';
import { FollowedFiles } from './followed-files.ts';
import { Identifier, type IdentifyOptions, type Sighting } from './identify.ts';
import { SAME_MS } from './matching.ts';
import { MissingFile, MissingFiles } from './missing-files.ts';
import type { Now } from './now.ts';
import type { OpenFiles } from './open-files.ts';
import { namesPath } from './paths.ts';
import type { FileRecord } from './record.ts';
import { isRotatedName } from './rotated-names.ts';
import { siblingsOf } from './siblings.ts';
import type { Slice } from './slice.ts';
import { fileStat } from './source-file.ts';
import { UnnamedFiles } from './unnamed-files.ts';
import { type Change, type Seen, WantedPaths } from './wanted-paths.ts';

/** How files are found. */
export interface CensusOptions extends Omit<IdentifyOptions, 'isRotatedPath'> {
  readonly paths: readonly string[];
  readonly openFiles: OpenFiles;
}

/** What happened to files, by the names of metrics. */
export interface CensusCounters {
  readonly reopened: number;
  readonly truncated: number;
  readonly copies: number;
  readonly lost_bytes: number;
  readonly open_files: number;
  readonly deleted_open_files: number;
}

/** Knows which files an input reads, and finds them again wherever they go. */
export class Census {
  readonly #options: CensusOptions;
  readonly wanted: WantedPaths;
  readonly files: FollowedFiles;
  readonly #missing: MissingFiles;
  readonly #identifier: Identifier;
  readonly #unnamed: UnnamedFiles;
  /** Whether something was rotated, so that what lies beside it is looked at. */
  #isRotating = false;
  #leftovers: Slice[] = [];
  #reopened = 0;
  #truncated = 0;
  #lostBytes = 0;

  constructor(options: CensusOptions, now: Now) {
    const { paths, openFiles, state, input, timing } = options;
    this.#options = options;
    this.wanted = new WantedPaths(paths, timing);
    this.files = new FollowedFiles(openFiles);
    state.claims.join(input, (path) => namesPath(paths, path));
    this.#missing = new MissingFiles(state, input, now.ms);
    const isRotatedPath = (path: string) => this.#isRotatedPath(path);
    this.#identifier = new Identifier(this.files, this.#missing, { ...options, isRotatedPath });
    this.#unnamed = new UnnamedFiles(this.files, { open: openFiles, timing });
  }

  get counters(): CensusCounters {
    return {
      reopened: this.#reopened,
      truncated: this.#truncated,
      copies: this.#identifier.copies,
      lost_bytes: this.#lostBytes,
      open_files: this.files.openFiles,
      deleted_open_files: this.files.deletedFiles,
    };
  }

  /** What cannot be looked at or opened at the moment, for a person. */
  get problems(): readonly string[] {
    return [...new Set([...this.wanted.problems, ...this.#identifier.problems])];
  }

  /** Bytes of files that are looked for. */
  get missingBytes(): number {
    return this.#missing.unreadBytes;
  }

  /** Whether something is still looked for. */
  get isSearching(): boolean {
    return this.#missing.size > 0 || this.#isRotating;
  }

  /** What was read of files that are given up, and not handed over. */
  takeLeftovers(): readonly Slice[] {
    const leftovers = this.#leftovers;
    this.#leftovers = [];
    return leftovers;
  }

  /** Looks at what it is time to look at. */
  async update(now: Now): Promise<void> {
    await this.files.makeRoomForOthers();
    const listed = await this.wanted.list(now.ms);
    const { seen, changes } = await this.wanted.look(now.ms);
    for (const change of [...listed, ...changes]) this.#apply(change);
    const sightings: Sighting[] = [];
    for (const each of seen) {
      const file = this.files.at(each.stat.key);
      if (file === undefined)
        sightings.push({ path: each.path, key: each.stat.key, originalPath: each.path });
      else await this.#seen(file, each, now);
    }
    for (const { file, why } of await this.#unnamed.look(now)) await this.#end(file, why, now);
    if (this.isSearching) {
      this.#isRotating = false;
      sightings.push(...(await this.#siblings()));
    }
    await this.#identify(sightings, now);
    const { watchedLookMs, missingMs } = this.#options.timing;
    // All that is there was tried again meanwhile.
    this.#identifier.forget(now.ms - 2 * watchedLookMs);
    this.giveUpMissing(now, missingMs);
  }

  /** The file holds something else than what was read: what was in it may be in a copy. */
  async replaced(file: FollowedFile, now: Now): Promise<void> {
    this.#truncated += 1;
    await this.#lose(file, now, file.key);
  }

  /** Opens a file again that was closed to make room, or that failed. Whether it is open. */
  async reopen(file: FollowedFile, now: Now): Promise<boolean> {
    const [path = file.record.home.path] = file.names;
    await this.files.makeRoom();
    const source = await this.#identifier.open(path, now);
    if (source === undefined) {
      // Nobody tells where it is now.
      if (file.names.size === 0) await this.#lose(file, now);
      return false;
    }
    if (source.stat.key !== file.key) {
      await source.close();
      await this.#lose(file, now);
      return false;
    }
    const isSame = await source
      .head()
      .then((head) => hasBytesRead(file.reading, source, head))
      .catch(() => undefined);
    if (isSame === true) file.moveTo(source, now.ms);
    else await source.close();
    if (isSame === false) await this.replaced(file, now);
    return isSame === true;
  }

  /** Says what was not found for so long. */
  giveUpMissing(now: Now, afterMs: number): void {
    for (const { record, unreadBytes, reading } of this.#missing.giveUp(now.ms - afterMs, now.unixMs)) {
      // Half a line: nobody goes on with it.
      if (reading?.isPending === true) this.#leftovers.push(...reading.flush('line', now.unixMs));
      this.#lost(record, unreadBytes, 'it was removed or truncated, and no copy of it was found');
    }
  }

  async close(): Promise<void> {
    for (const { key, record } of this.files.all) {
      this.#options.state.claims.unclaim(key);
      this.#options.state.claims.unclaim(record.id);
    }
    await this.files.close();
  }

  #apply({ path, from, to }: Change): void {
    const before = this.files.at(from);
    if (before !== undefined) {
      before.names.delete(path);
      before.isParked = false;
      before.waitAnew();
      before.lookAtMs = -Infinity;
      this.#isRotating = true;
      this.#reopened += 1;
    }
    const now = this.files.at(to);
    now?.names.add(path);
    if (now !== undefined) now.isRenamed = true;
  }

  #isRotatedPath(path: string): boolean {
    for (const other of this.wanted.originalsOf(path)) if (isRotatedName(path, other)) return true;
    return false;
  }

  async #seen(file: FollowedFile, { path, stat: seen }: Seen, now: Now): Promise<void> {
    file.names.add(path);
    if (file.isOtherThan(seen)) file.isAtEnd = false;
    if (file.isRenamed) await this.#renamed(file, path);
    if (file.source === undefined && !file.isAtEnd) await this.reopen(file, now);
  }

  async #renamed(file: FollowedFile, path: string): Promise<void> {
    file.isRenamed = false;
    if (file.source === undefined) return;
    file.source.path = await realpath(path).catch(() => path);
    file.noteStat();
  }

  async #siblings(): Promise<Sighting[]> {
    const records = this.#rotatedRecords();
    const byInode = new Map(records.map((record) => [record.home.inode, record]));
    const sightings: Sighting[] = [];
    for (const { path, originals } of await siblingsOf(records)) {
      const stats = await stat(path).catch(() => undefined);
      if (stats?.isFile() !== true) continue;
      const { key, modifiedMs, inode } = fileStat(stats);
      if (this.files.at(key) !== undefined || this.wanted.keyAt(path) === key) continue;
      const original = byInode.get(inode)?.path ?? originalOf(modifiedMs, originals);
      if (original !== undefined) sightings.push({ path, key, originalPath: original });
    }
    return sightings;
  }

  /** Of logs that were rotated, or are not there. */
  #rotatedRecords(): FileRecord[] {
    const own = Array.from(this.#options.state.records).filter(({ input }) => input === this.#options.input);
    return [...own.filter((record) => !this.files.isAtItsPath(record)), ...this.#missing.records];
  }

  /** Those that were written first come first, and before these the ones that were there before. */
  async #identify(sightings: readonly Sighting[], now: Now): Promise<void> {
    const known = new Set(Array.from(this.#missing.records, ({ home }) => home.inode));
    const ordered = await inOrder(sightings, known);
    for (const sighting of ordered) {
      const file = await this.#identifier.identify(sighting, now);
      if (file === undefined) continue;
      if (this.wanted.has(sighting.path)) file.names.add(sighting.path);
      // Another may have been there between two looks, and be rotated away by now.
      const { state } = this.#options;
      this.#isRotating ||= isKnownLog(file.record, state.recordsNamed(file.record.path));
    }
  }

  async #end(file: FollowedFile, why: 'read' | 'elsewhere' | 'held', now: Now): Promise<void> {
    if (why === 'elsewhere') return this.#lose(file, now);
    if (why === 'held') {
      this.#lost(file.record, file.unreadBytes, 'it was deleted, and held open for as long as may be');
    }
    // A rotated one may be there for long: but all of it was read.
    file.reading.foundAt({ goneMs: now.unixMs });
    this.#options.state.claims.unclaim(file.key);
    await this.files.drop(file);
  }

  async #lose(file: FollowedFile, now: Now, truncatedKey?: string): Promise<void> {
    this.#options.state.claims.unclaim(file.key);
    this.wanted.lookSoon();
    await this.files.drop(file);
    this.#missing.add(new MissingFile(file, now.ms, truncatedKey));
  }

  #lost({ path }: FileRecord, bytes: number, why: string): void {
    if (bytes === 0) return;
    this.#lostBytes += bytes;
    this.#options.onNotice(`At least ${bytes} bytes of ${path} were not read: ${why}.`);
  }
}

/** Under which path a file beside others was written, if it was while these were read: what is older is not ours. */
function originalOf(modifiedMs: number, originals: readonly FileRecord[]): string | undefined {
  const first = Math.min(...originals.map((record) => record.modifiedMs));
  return modifiedMs >= first - SAME_MS ? originals[0]?.path : undefined;
}

/** Whether others were found under the same path before. */
function isKnownLog({ id, path }: FileRecord, records: Iterable<FileRecord>): boolean {
  for (const record of records) if (record.id !== id && record.path === path) return true;
  return false;
}

async function inOrder(sightings: readonly Sighting[], known: ReadonlySet<number>): Promise<Sighting[]> {
  const found = await Promise.all(
    sightings.map(async (sighting) => {
      const stats = await stat(sighting.path).catch(() => undefined);
      return { sighting, isKnown: known.has(stats?.ino ?? -1), modifiedMs: stats?.mtimeMs ?? 0 };
    }),
  );
  found.sort(
    (one, other) => Number(other.isKnown) - Number(one.isKnown) || one.modifiedMs - other.modifiedMs,
  );
  return found.map(({ sighting }) => sighting);
}
