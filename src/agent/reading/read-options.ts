import { LmsError } from '../../errors/catalogue.ts';
import { UTC, zoneOf } from '../formats/zone.ts';
import { startPattern } from '../multiline/pattern.ts';
import type { ReadOptions } from '../ports.ts';
import { SOURCE_FORMATS, type SourceReaderOptions } from './source-reader.ts';

/** What a reader of a source is told, of what its input was told. Throws an `LmsError` if that is wrong. */
export function sourceOptions({
  format,
  multiline,
  zone,
}: ReadOptions): Pick<SourceReaderOptions, 'format' | 'starts' | 'zone'> {
  return { format: formatOf(format), starts: startsOf(multiline), zone: zoneNamed(zone) };
}

function formatOf(name: string): SourceReaderOptions['format'] {
  if (name === 'auto') return undefined;
  const format = SOURCE_FORMATS.find((known) => known === name);
  if (format === undefined)
    throw new LmsError(
      'USAGE',
      `There is no format "${name}": it should be auto, ${SOURCE_FORMATS.join(', ')}.`,
    );
  return format;
}

function startsOf(multiline: string): SourceReaderOptions['starts'] {
  if (multiline === 'off') return undefined;
  if (multiline === 'auto') return 'auto';
  const start = startPattern(multiline);
  if ('refused' in start)
    throw new LmsError('USAGE', `The pattern "${multiline}" cannot begin events: ${start.refused}.`);
  return start.pattern;
}

function zoneNamed(name: string | undefined): SourceReaderOptions['zone'] {
  const zone = name === undefined ? UTC : zoneOf(name);
  if (zone === undefined) throw new LmsError('USAGE', `There is no time zone "${name ?? ''}".`);
  return zone;
}
