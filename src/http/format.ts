import { Problem } from './problems.ts';

/** The formats that entries are listed in, each by the content type that asks for it. */
const TYPES = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
  text: 'text/plain',
} as const;

/** A format of a list of entries. */
export type Format = keyof typeof TYPES;

export const FORMATS = Object.keys(TYPES) as readonly Format[];

/** Another name that some clients have for it. */
const ALIASES: ReadonlyMap<string, Format> = new Map([['application/ndjson', 'ndjson']]);

/** The content type of a format, without its character set. */
export function typeOf(format: Format): string {
  return TYPES[format];
}

/** The format that is best to whoever asks: the one asked for by name, else by `Accept`. Throws NOT_ACCEPTABLE. */
export function formatFor(named: Format | undefined, accept: string | undefined): Format {
  if (named !== undefined) return named;
  if (accept === undefined || accept.trim() === '') return 'json';
  const format = bestOf(FORMATS, accept);
  if (format !== undefined) return format;
  const types = Object.values(TYPES).join(', ');
  throw new Problem('NOT_ACCEPTABLE', `Of what Accept says there is nothing here; there are ${types}.`);
}

/** The one of these that `Accept` asks for before others; the first if it asks for none of them. */
export function preferredFormat<Offered extends Format>(
  offered: readonly [Offered, ...Offered[]],
  accept: string | undefined,
): Offered {
  return bestOf(offered, accept ?? '') ?? offered[0];
}

/** Whether `Accept` asks for a page, and for nothing else before it: as browsers do, and programs do not. */
export function asksForHtml(accept = ''): boolean {
  const ranges = accept.split(',').map(readRange);
  const [first] = ranges.filter(({ quality }) => quality > 0).toSorted(byQuality);
  return first?.type === 'text/html' || first?.type === 'application/xhtml+xml';
}

function bestOf<Offered extends Format>(offered: readonly Offered[], accept: string): Offered | undefined {
  const ranges = accept.split(',').map(readRange);
  for (const { type } of ranges.filter(({ quality }) => quality > 0).toSorted(byQuality)) {
    const format = offered.find((each) => each === formatOf(type));
    if (format !== undefined) return format;
  }
  return undefined;
}

interface AcceptedRange {
  readonly type: string;
  readonly quality: number;
}

function readRange(range: string): AcceptedRange {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  return { type, quality: quality === undefined ? 1 : Number(quality) || 0 };
}

function byQuality(one: AcceptedRange, other: AcceptedRange): number {
  return other.quality - one.quality;
}

function formatOf(type: string): Format | undefined {
  if (type === '*/*' || type === 'application/*') return 'json';
  if (type === 'text/*') return 'text';
  return ALIASES.get(type) ?? FORMATS.find((format) => TYPES[format] === type);
}
