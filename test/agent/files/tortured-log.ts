import {
  copyFile,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

/** How a log is written. */
export interface TortureOptions {
  readonly seed: number;
  readonly hasTimes: boolean;
  /** Whether its path is a symbolic link, which is swapped now and then; else it never is. */
  readonly isLink?: boolean;
}

/** A log that is written to by a seed: in torn writes, rotated, swapped, copied and truncated, compressed. */
export class TorturedLog {
  readonly path: string;
  /** Where the link has led to, if the path is one: to a file of its own each time. */
  readonly targets: string;
  readonly lines: string[] = [];
  readonly #options: TortureOptions;
  #seed: number;
  #number = 0;
  #swaps = 0;

  constructor(path: string, options: TortureOptions) {
    this.path = path;
    this.targets = join(dirname(path), 'targets');
    this.#seed = options.seed;
    this.#options = options;
  }

  /** From 0 to 1, by the seed. */
  random(): number {
    this.#seed = (this.#seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return this.#seed / 2 ** 31;
  }

  /** Waits up to `ms`. */
  async pause(ms: number): Promise<void> {
    await sleep(this.random() * ms);
  }

  async step(): Promise<void> {
    const { isLink = false } = this.#options;
    if (isLink && this.#swaps === 0) await this.#swap();
    await this.#write(1 + Math.floor(this.random() * 40));
    const what = this.random();
    if (what < 0.08) await this.#rotate();
    else if (what < 0.14) await this.#copyAndTruncate();
    else if (what < 0.2) await this.#compress();
    else if (what < 0.24 && isLink) await this.#swap();
    else if (what < 0.6) await this.pause(15);
  }

  /** What is written to: where the path leads. */
  get #file(): string {
    return this.#swaps === 0 ? this.path : join(this.targets, `${String(this.#swaps)}.log`);
  }

  /** Goes on until then, and writes some last lines. */
  async writeUntil(unixMs: number): Promise<void> {
    while (Date.now() < unixMs) await this.step();
    await this.#write(3);
  }

  #line(): string {
    this.#number += 1;
    const time = this.#options.hasTimes
      ? `2026-11-25T14:00:${String(this.#number % 60).padStart(2, '0')}Z `
      : '';
    const line = `${time}${String(this.#number).padStart(7, '0')} ${'x'.repeat(Math.floor(this.random() * 120))}.`;
    this.lines.push(line);
    return line;
  }

  /** Some lines, torn anywhere. */
  async #write(count: number): Promise<void> {
    const bytes = Buffer.from(Array.from({ length: count }, () => `${this.#line()}\n`).join(''));
    const file = await open(this.path, 'a');
    try {
      for (let at = 0; at < bytes.length;) {
        const end = Math.min(bytes.length, at + 1 + Math.floor(this.random() * 2_000));
        await file.write(bytes.subarray(at, end));
        at = end;
      }
    } finally {
      await file.close();
    }
  }

  async #rotate(): Promise<void> {
    await this.#shift();
    await rename(this.#file, `${this.#file}.1`);
    if (this.random() < 0.5) await writeFile(this.#file, '');
  }

  /** From one moment to the next the path leads to another file, which is made by what is written first. */
  async #swap(): Promise<void> {
    this.#swaps += 1;
    await mkdir(this.targets, { recursive: true });
    const next = `${this.path}.next`;
    await symlink(this.#file, next);
    await rename(next, this.path);
  }

  /** As logrotate does it: the copy has another inode, and the log goes on in its own. */
  async #copyAndTruncate(): Promise<void> {
    await this.#shift();
    await copyFile(this.#file, `${this.#file}.1`);
    await truncate(this.#file);
  }

  /** app.log.1 becomes app.log.2 and so on. */
  async #shift(): Promise<void> {
    for (const [name, number] of (await this.#rotated()).toReversed()) {
      const suffix = name.endsWith('.gz') ? '.gz' : '';
      await rename(name, `${this.#file}.${String(number + 1)}${suffix}`);
    }
  }

  /** One that was rotated, with its time, as gzip does it: it is removed when the other is whole. */
  async #compress(): Promise<void> {
    const plain = (await this.#rotated()).filter(([name]) => !name.endsWith('.gz'));
    const [name] = plain[Math.floor(this.random() * plain.length)] ?? [];
    if (name === undefined) return;
    const { atime, mtime } = await stat(name);
    const bytes = gzipSync(await readFile(name));
    const file = await open(`${name}.gz`, 'w');
    for (let at = 0; at < bytes.length; at += 512) await file.write(bytes.subarray(at, at + 512));
    await file.close();
    await utimes(`${name}.gz`, atime, mtime);
    await rm(name);
  }

  async #rotated(): Promise<[string, number][]> {
    const begin = `${basename(this.#file)}.`;
    const found: [string, number][] = [];
    for (const name of await readdir(dirname(this.#file))) {
      const [, number] = /^(\d+)(?:\.gz)?$/.exec(name.slice(begin.length)) ?? [];
      if (name.startsWith(begin) && number !== undefined)
        found.push([join(dirname(this.#file), name), Number(number)]);
    }
    return found.sort(([, one], [, other]) => one - other);
  }
}
