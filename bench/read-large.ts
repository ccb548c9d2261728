import { appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ROWS_A_DAY } from './access-log.ts';
import { accessSet } from './large/access-set.ts';
import { asked, type Databases, QUESTIONS_HEAD } from './large/ask.ts';
import { BUILD_HEAD, buildRows, BUILT } from './large/build.ts';
import { COMPRESSION_HEAD, compressionRows } from './large/compression.ts';
import { countsSet } from './large/counts-set.ts';
import { DISK_HEAD, diskRows } from './large/disk.ts';
import { Notes } from './large/notes.ts';
import { largeQuestions } from './large/questions.ts';
import { KeptServer } from './large/server.ts';
import { fillSet } from './large/set.ts';
import { commit, machine } from './machine.ts';
import { markdownTable, numberText } from './markdown.ts';

// `make bench-read-large`: questions to 51 million access-log rows of 340 days, and what these take on disk.
//   BENCH_LARGE_DIR=/data/large   where the server's data are kept: filled tables are used again (/tmp/lms-large)
//   BENCH_LARGE_ONLY=read,disk    of rollups, tags, words, read, disk, compression; or fill: nothing but that
//   BENCH_LARGE_ROWS=600000       fewer rows, to try: nothing is written to docs/benchmarks.md
//   BENCH_LARGE_ASK='three|once'  only questions whose name matches, to try
const RESULTS = new URL('../docs/benchmarks.md', import.meta.url);
const ROWS = 51_000_000;
const PARTS = ['fill', ...BUILT, 'read', 'disk', 'compression'];

const wanted = new Set((process.env['BENCH_LARGE_ONLY'] ?? PARTS.join()).split(','));
const unknown = [...wanted].filter((name) => !PARTS.includes(name));
if (unknown.length > 0) throw new Error(`BENCH_LARGE_ONLY: ${unknown.join()}: choose from ${PARTS.join()}`);
const directory = resolve(process.env['BENCH_LARGE_DIR'] ?? join(tmpdir(), 'lms-large'));
const days = Math.ceil(Number(process.env['BENCH_LARGE_ROWS'] ?? ROWS) / ROWS_A_DAY);
const rows = days * ROWS_A_DAY;
const pattern = process.env['BENCH_LARGE_ASK'] ?? '';

const about = machine();
const server = await KeptServer.start(directory);
try {
  const databases = await fill();
  const notes = await Notes.open(server, databases.access);
  const tables = [
    [BUILD_HEAD, ...(await buildRows({ server, databases, notes, wanted, print }))],
    [QUESTIONS_HEAD, ...(wanted.has('read') ? await questionRows(databases) : [])],
    [DISK_HEAD, ...(wanted.has('disk') ? await diskRows(server, databases.access, rows) : [])],
    [
      COMPRESSION_HEAD,
      ...(wanted.has('compression') ? await compressionRows({ server, databases, notes, days, print }) : []),
    ],
  ];
  await report(tables.filter(({ length }) => length > 1).map(markdownTable));
} finally {
  await server.stop();
}

async function fill(): Promise<Databases> {
  const [access, counts] = [accessSet(days), countsSet(days)];
  for (const set of [access, counts]) {
    const { rows: loaded, seconds } = await fillSet(server, set, print);
    print(`${set.database} is filled: ${numberText(loaded, 0)} rows now, in ${numberText(seconds, 0)} s`);
  }
  return { access: access.database, counts: counts.database };
}

async function questionRows(databases: Databases): Promise<string[][]> {
  const lines: string[][] = [];
  for (const question of largeQuestions(days).filter(({ name }) => new RegExp(pattern).test(name))) {
    const line = await asked(question, server, databases);
    print(line.join(' | '));
    lines.push(line);
  }
  return lines;
}

async function report(tables: readonly string[]): Promise<void> {
  if (tables.length === 0) return;
  const version = await server.value('SELECT VERSION() AS value');
  const time = new Date().toISOString().slice(0, 16).replace('T', ' ');
  const heading = `## Reading ${numberText(rows, 0)} rows: ${time} UTC, commit ${commit()}`;
  const conditions = `${about}; MySQL ${version}, buffer pool of 2 GiB, every commit on disk.`;
  const text = `\n${[heading, conditions, ...tables].join('\n\n')}\n`;
  process.stdout.write(text);
  if (rows === ROWS && pattern === '') await appendFile(RESULTS, text);
}

function print(text: string): void {
  process.stderr.write(`${text}\n`);
}
