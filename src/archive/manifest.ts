import { createHash } from 'node:crypto';
import { z } from 'zod';
import { LmsError } from '../errors/catalogue.ts';
import { entryId, parseEntryId } from '../logs/entry-id.ts';
import { SEVERITIES } from '../logs/severity.ts';
import type { EntryKey, KeyCount } from '../query/answers/ports.ts';

/** Of manifests that this program writes, and the newest that it reads. */
const MANIFEST_VERSION = 1;
/** Of the lines of entries: `entryLine` writes them. */
const ENTRY_FORMAT = 1;

/** What a manifest says of some entries. */
export interface Contents {
  /** At least 1. */
  readonly rows: number;
  /** The keys of the first and the last, in the order of keys. */
  readonly first: EntryKey;
  readonly last: EntryKey;
  /** By service and severity, in order, none of them 0; together they are `rows`. */
  readonly counts: readonly KeyCount[];
  /** Of what is stored, compressed. */
  readonly bytes: number;
  /** Of the lines, before they were compressed. */
  readonly textBytes: number;
}

/** A file of entries: gzip of lines, an entry each, in the order of their keys. */
export interface PartManifest extends Contents {
  /** Of the file, in its place. */
  readonly name: string;
  /** Of the file, and of its lines, in hexadecimal. */
  readonly sha256: string;
  readonly textSha256: string;
}

/**
 * What is archived of a day, of UTC. A day has an edition with all that was stored of it when it was archived,
 * and another for what came late, each time something did: an entry is in one of them. A manifest is written
 * after its parts, and never changed.
 */
export interface DayManifest extends Contents {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  /** Counts up from 1. */
  readonly edition: number;
  /** At least one, in the order of keys; no key is in two of them. */
  readonly parts: readonly PartManifest[];
  /** Of the program that wrote it. */
  readonly release: string;
  /** When it was written, by the clock of the machine that did, in RFC 3339. */
  readonly writtenAt: string;
}

/** The name of a manifest. Names are in the order of days, and of editions. */
export function manifestName({ day, edition }: Pick<DayManifest, 'day' | 'edition'>): string {
  return `${MANIFESTS}${day}.${digits(edition)}.json`;
}

/** What the names of all manifests begin with. */
export const MANIFESTS = 'manifests/';

/** Day and edition by the name of their manifest; undefined of another file. */
export function parseManifestName(name: string): Pick<DayManifest, 'day' | 'edition'> | undefined {
  const [, day, edition] = MANIFEST_NAME.exec(name) ?? [];
  return day === undefined ? undefined : { day, edition: Number(edition) };
}

/** The name of a part of an edition, counted from 1. */
export function partName({ day, edition }: Pick<DayManifest, 'day' | 'edition'>, part: number): string {
  return `${partsPrefix(day)}${digits(edition)}.${digits(part)}.ndjson.gz`;
}

/** What the names of all parts of a day begin with. */
export function partsPrefix(day: string): string {
  return `${PARTS}${day}/`;
}

/** What the names of all parts begin with. */
export const PARTS = 'entries/';

/** Edition and place of a part by its name; undefined of another file. */
export function parsePartName(
  name: string,
): { readonly day: string; readonly edition: number; readonly part: number } | undefined {
  const [, day, edition, part] = PART_NAME.exec(name) ?? [];
  return day === undefined ? undefined : { day, edition: Number(edition), part: Number(part) };
}

const MANIFEST_NAME = /^manifests\/(\d{4}-\d\d-\d\d)\.(\d{4,6})\.json$/;
const PART_NAME = /^entries\/(\d{4}-\d\d-\d\d)\/(\d{4,6})\.(\d{4,6})\.ndjson\.gz$/;

function digits(number: number): string {
  return String(number).padStart(4, '0');
}

/** A manifest as the text of its file: JSON, whose last member is the checksum of the others. */
export function printManifest(manifest: DayManifest): string {
  const { day, edition, release, writtenAt, parts } = manifest;
  const members = {
    lms_archive: MANIFEST_VERSION,
    entry_format: ENTRY_FORMAT,
    day,
    edition,
    ...written(manifest),
    release,
    written_at: writtenAt,
    parts: parts.map((part) => ({
      name: part.name,
      sha256: part.sha256,
      text_sha256: part.textSha256,
      ...written(part),
    })),
  };
  return `${JSON.stringify({ ...members, checksum: checksum(members) }, null, 1)}\n`;
}

function written({ rows, first, last, counts, bytes, textBytes }: Contents) {
  return {
    rows,
    first: entryId(first),
    last: entryId(last),
    bytes,
    text_bytes: textBytes,
    counts: counts.map(({ serviceName, severity, count }) => ({
      service_name: serviceName,
      severity,
      count,
    })),
  };
}

/** Of what a manifest says, however its JSON is laid out. */
function checksum(members: object): string {
  return createHash('sha256').update(JSON.stringify(members)).digest('hex');
}

const whole = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const key = z.string().transform((id, context): EntryKey => {
  const parsed = parseEntryId(id);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: 'it is no id of an entry' });
  return z.NEVER;
});
const contents = {
  rows: whole.min(1),
  first: key,
  last: key,
  bytes: whole,
  text_bytes: whole,
  counts: z.array(
    z
      .object({ service_name: z.string(), severity: z.enum(SEVERITIES), count: whole.min(1) })
      .transform(({ service_name: serviceName, severity, count }): KeyCount => ({
        serviceName,
        severity,
        count,
      })),
  ),
};
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const SCHEMA = z.object({
  lms_archive: z.literal(MANIFEST_VERSION),
  entry_format: z.literal(ENTRY_FORMAT),
  day: z.iso.date(),
  edition: whole.min(1),
  ...contents,
  release: z.string(),
  written_at: z.string(),
  parts: z.array(z.object({ name: z.string(), sha256: hash, text_sha256: hash, ...contents })).min(1),
});

/**
 * Reads the text of a manifest's file. Throws ARCHIVE if it is damaged, says what cannot be, is another file's or
 * of a release that knows more.
 */
export function parseManifest(name: string, text: string): DayManifest {
  const { checksum: sum, ...members } = jsonMembers(name, text);
  if (Number(members['lms_archive']) > MANIFEST_VERSION || Number(members['entry_format']) > ENTRY_FORMAT)
    throw new LmsError('ARCHIVE', `${name} was written by a newer release: read it with that`);
  if (sum !== checksum(members)) throw damaged(name, 'its checksum is not that of what it says');
  const parsed = SCHEMA.safeParse(members);
  if (!parsed.success)
    throw damaged(
      name,
      parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
    );
  const manifest = manifestOf(parsed.data);
  const wrong = contradiction(name, manifest);
  if (wrong !== undefined) throw damaged(name, wrong);
  return manifest;
}

function manifestOf({ parts, ...data }: z.infer<typeof SCHEMA>): DayManifest {
  return {
    day: data.day,
    edition: data.edition,
    ...contentsOf(data),
    release: data.release,
    writtenAt: data.written_at,
    parts: parts.map((part) => ({
      name: part.name,
      sha256: part.sha256,
      textSha256: part.text_sha256,
      ...contentsOf(part),
    })),
  };
}

function contentsOf(
  data: Omit<z.infer<typeof SCHEMA>['parts'][number], 'name' | 'sha256' | 'text_sha256'>,
): Contents {
  const { rows, first, last, counts, bytes, text_bytes: textBytes } = data;
  return { rows, first, last, counts, bytes, textBytes };
}

function jsonMembers(name: string, text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch (error) {
    throw damaged(name, 'it is no JSON, perhaps cut', error);
  }
  throw damaged(name, 'it is no JSON object');
}

/** What of a manifest cannot be true beside the rest of it. */
function contradiction(name: string, manifest: DayManifest): string | undefined {
  if (manifestName(manifest) !== name) return `it is that of ${manifest.day}, edition ${manifest.edition}`;
  const { parts } = manifest;
  const sum = (read: (each: Contents) => number) => parts.reduce((total, part) => total + read(part), 0);
  if (sum(({ rows }) => rows) !== manifest.rows) return 'its parts have another number of rows';
  if (sum(({ bytes }) => bytes) !== manifest.bytes) return 'its parts have another number of bytes';
  if (!parts.every((part, index) => part.name === partName(manifest, index + 1))) return 'a part is missing';
  const wrong = [manifest, ...parts].find(({ rows, counts }) => total(counts) !== rows);
  return wrong && 'its counts are not the number of rows';
}

function total(counts: readonly KeyCount[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}

/** What is archived cannot be relied on: ARCHIVE, with the file and what is wrong with it. */
export function damaged(name: string, reason: string, cause?: unknown): LmsError {
  return new LmsError('ARCHIVE', `${name} is damaged: ${reason}`, { cause });
}
