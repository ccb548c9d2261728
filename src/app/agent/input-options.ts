import { zoneOf } from '../../agent/formats/zone.ts';
import { startPattern } from '../../agent/multiline/pattern.ts';
import { SOURCE_FORMATS } from '../../agent/reading/source-reader.ts';
import { isRejection } from '../../logs/rejection.ts';
import { checkServiceName } from '../../logs/service-name.ts';
import { Complaint, type Read, readBytes, readDuration } from './quantities.ts';

/** Reads the options that an input may have, by their names: the values of flags, or of agent.yaml. */
const READERS = {
  service: readService,
  host: readText,
  format: readFormat,
  multiline: readMultiline,
  tags: readTags,
  zone: readZone,
  flushPartial: readDuration,
  reconnect: readBoolean,
  spool: readBytes,
} satisfies Record<string, (value: unknown) => Read<unknown>>;

type Readers = typeof READERS;

/** Name of an option of an input. */
export type InputOptionName = keyof Readers;

/** The options of an input: those that somebody has named. Times are milliseconds. */
export type InputOptions = {
  readonly [Name in InputOptionName]?: Exclude<ReturnType<Readers[Name]>, Complaint>;
};

/** All names of options. */
export const INPUT_OPTION_NAMES = Object.keys(READERS) as readonly InputOptionName[];

/** Reads the value of an option. */
export function readInputOption(name: InputOptionName, value: unknown): Read<InputOptions> {
  const read: Read<unknown> = READERS[name](value);
  return read instanceof Complaint ? read : { [name]: read };
}

/** The names that `--format` takes. */
export const FORMAT_CHOICES: readonly string[] = ['auto', ...SOURCE_FORMATS];

const MAX_TEXT_UNITS = 1_000;
const MAX_TAGS = 100;
const TAG = /^([^=]+)=(.*)$/s;

function readService(value: unknown): Read<string> {
  const name = checkServiceName(
    typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '',
  );
  return isRejection(name) ? new Complaint('It should be a name of 1 to 100 characters.') : name;
}

/** A name or a place: a text that is not empty. */
export function readText(value: unknown): Read<string> {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text === 'string' && text !== '' && text.length <= MAX_TEXT_UNITS && text.isWellFormed())
    return text;
  return new Complaint(`It should be a text of 1 to ${MAX_TEXT_UNITS} characters.`);
}

function readFormat(value: unknown): Read<string> {
  if (typeof value === 'string' && FORMAT_CHOICES.includes(value)) return value;
  return new Complaint(`It should be one of ${FORMAT_CHOICES.join(', ')}.`);
}

/** `auto`, `off`, or an expression that says how the first line of an event begins. */
function readMultiline(value: unknown): Read<string> {
  // In YAML 1.1, which some write, off is false.
  if (value === 'auto' || value === 'off') return value;
  if (value === false) return 'off';
  if (typeof value !== 'string' || value === '' || /^(?:on|yes|true)$/i.test(value))
    return new Complaint(
      'It should be auto, off, or a regular expression that the first line of an event begins with.',
    );
  const pattern = startPattern(value);
  return 'refused' in pattern ? new Complaint(`The expression cannot be taken: ${pattern.refused}.`) : value;
}

/** One tag as `name=value`, or an object of them. */
function readTags(value: unknown): Read<Readonly<Record<string, string>>> {
  if (typeof value === 'string') {
    const [, name, text] = TAG.exec(value) ?? [];
    if (name === undefined || text === undefined) return new Complaint('It should be name=value.');
    return readTags({ [name.trim()]: text });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return new Complaint('It should be names and values, such as {env: production}.');
  const tags = Object.entries(value);
  if (tags.length > MAX_TAGS) return new Complaint(`There should be at most ${MAX_TAGS}.`);
  const bad = tags.find(([name, text]) => !isTag(name, text));
  if (bad !== undefined)
    return new Complaint(`${bad[0]}: a tag has a name and a value that is text or a number.`);
  return Object.fromEntries(tags.map(([name, text]) => [name, String(text)]));
}

function isTag(name: string, value: unknown): boolean {
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return name !== '' && name.length <= MAX_TEXT_UNITS && isPlain && `${name}${value}`.isWellFormed();
}

function readZone(value: unknown): Read<string> {
  if (typeof value === 'string' && zoneOf(value) !== undefined) return value;
  return new Complaint(
    'It should be the name of a time zone such as Europe/Berlin, or an offset such as +02:00.',
  );
}

function readBoolean(value: unknown): Read<boolean> {
  if (typeof value === 'boolean') return value;
  return new Complaint('It should be true or false.');
}
