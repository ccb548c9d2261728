import { decodeRecord } from '../../../src/logs/formats/structured-record.ts';
import { type Level, levelOfName, levelOfPino } from '../../../src/logs/levels.ts';
import { type Circumstances, lineOf, originOf, parseRecord } from './record.ts';

/** What a transport knows of its logger. */
export interface PinoConfig {
  /** The name of each level by its number, and the other way round. */
  readonly levels: {
    readonly labels: Readonly<Record<number, string>>;
    readonly values: Readonly<Record<string, number>>;
  };
  /** Under which name a line has its message. */
  readonly messageKey: string;
}

/** Which service a line belongs to. */
export interface Naming {
  /** Whatever the line says of it; undefined: what it says counts. */
  readonly service: string | undefined;
  /** That of lines that say none. */
  readonly fallback: string;
}

/** Under which names a logger may have been told to put what pino itself calls `level` and `time`. */
const LEVELS = ['level', 'severity'];
const TIMES = ['time', 'timestamp', '@timestamp'];

/** pino writes the level first, if nobody has told it otherwise. */
const LEVEL_FIRST = /^\{"level":(\d+)/;

/**
 * The bytes that are sent for a line of pino: the entry that a worker would make of it, by what the logger
 * knows of its own levels and names. Bindings, errors and whatever else it holds are tags, as they stand.
 */
export function pinoLine(
  line: string,
  { config, naming, ...now }: { config: PinoConfig; naming: Naming } & Pick<Circumstances, 'id' | 'nowMs'>,
): Buffer {
  const text = withService(withLevelName(line, config), naming);
  const record = parseRecord(text);
  if (record === undefined) return Buffer.from(line);
  const decoded = decodeRecord(record, originOf({ ...now, service: naming.fallback, text }), {
    time: TIMES,
    level: LEVELS,
    message: [config.messageKey],
    service: ['name'],
    readLevel: (value) => readLevel(value, config),
  });
  return lineOf(decoded, line);
}

/** In the text: numbers that JavaScript has no room for are read from it once more. */
function withLevelName(line: string, { levels }: PinoConfig): string {
  return line.replace(LEVEL_FIRST, (head, number: string) => {
    const label = levels.labels[Number(number)];
    return label === undefined ? head : `{"level":${JSON.stringify(label)}`;
  });
}

/** In front: of two members of one name the last counts, which is that of the line. */
function withService(line: string, { service }: Naming): string {
  return service === undefined || !/^\{\s*"/.test(line)
    ? line
    : `{"service_name":${JSON.stringify(service)},${line.slice(1)}`;
}

/** By its name, if it is one that others use too; else by its number. Nothing is refused for its level. */
function readLevel(value: unknown, { levels }: PinoConfig): Level {
  const number = typeof value === 'string' ? levels.values[value] : value;
  return levelOfName(value) ?? byNumber(number) ?? { severity: 'info', isTold: false };
}

function byNumber(number: unknown): Level | undefined {
  if (typeof number !== 'number') return undefined;
  const level = levelOfPino(number);
  if (level !== undefined) return level;
  return { severity: number > 0 ? 'fatal' : 'debug', isTold: false };
}
