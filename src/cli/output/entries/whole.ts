import { jsonOf } from '../../../export/json-text.ts';
import type { StoredEntry } from '../../../logs/entry.ts';
import { entryId } from '../../../logs/entry-id.ts';
import { parseTags } from '../../../query/tags.ts';
import type { ZoneClock } from '../../../query/zone-clock.ts';
import { visible, visibleLines } from '../../../text/visible.ts';

/** All of an entry for a person: what it is, its text, and its tags as JSON. */
export function wholeEntry(entry: StoredEntry, clock: ZoneClock): string {
  const { serviceName, severity, timestamp, createdAt, eventId, payload, tags } = entry;
  const head = [
    ['service', visible(serviceName)],
    ['severity', severity],
    ['time', timeText(timestamp, clock)],
    ['stored', timeText(createdAt, clock)],
    ['event_id', eventId],
    ['id', entryId(entry)],
    // A blank line would not show that there is nothing.
    ...(payload === '' ? [['text', '""']] : []),
  ];
  const columns = head.map(([name = '', value = '']) => `${name.padEnd(NAME_COLUMNS)}${value}\n`).join('');
  const tagText = tags === null ? '' : `\n${visibleLines(jsonOf(parseTags(tags), INDENT))}\n`;
  const text = payload === '' ? '' : `\n${visibleText(payload)}\n`;
  return `${columns}${text}${tagText}`;
}

const NAME_COLUMNS = 10;
const INDENT = 2;

function timeText(time: string, clock: ZoneClock): string {
  const { local, offset } = clock.at(time);
  return `${local}${offset}`;
}

/** Its line breaks and tabs are what they look like. */
function visibleText(text: string): string {
  return visibleLines(text.replaceAll('\r\n', '\n').replaceAll('\t', '    '));
}
