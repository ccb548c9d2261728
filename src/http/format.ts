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
  const [first] = acceptedRanges(accept).filter(({ quality }) => quality > 0);
  return first?.type === 'text/html' || first?.type === 'application/xhtml+xml';
}

function bestOf<Offered extends Format>(offered: readonly Offered[], accept: string): Offered | undefined {
  for (const { type } of acceptedRanges(accept).filter(({ quality }) => quality > 0)) {
    const format = offered.find((each) => each === formatOf(type));
    if (format !== undefined) return format;
  }
  return undefined;
}

/** One of what an `Accept…` header lists. */
export interface AcceptedRange {
  /** In lower case. */
  readonly type: string;
  /** From 0, which is never, to 1. */
  readonly quality: number;
}

/** What an `Accept…` header lists, the best first. */
export function acceptedRanges(header: string): readonly AcceptedRange[] {
  return header
    .split(',')
    .map(readRange)
    .toSorted((one, other) => other.quality - one.quality);
}

function readRange(range: string): AcceptedRange {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  return { type, quality: quality === undefined ? 1 : Number(quality) || 0 };
}

function formatOf(type: string): Format | undefined {
  if (type === '*/*' || type === 'application/*') return 'json';
  if (type === 'text/*') return 'text';
  return ALIASES.get(type) ?? FORMATS.find((format) => TYPES[format] === type);
}
