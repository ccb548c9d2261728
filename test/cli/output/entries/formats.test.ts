import { describe, expect, it } from 'vitest';
import { entryFormat, type FormatChoice } from '../../../../src/cli/output/entries/formats.ts';
import { leave } from '../../../../src/cli/output/style.ts';
import { namedField } from '../../../../src/export/fields.ts';
import type { StoredEntry } from '../../../../src/logs/entry.ts';
import { ZoneClock } from '../../../../src/query/zone-clock.ts';

const entry: StoredEntry = {
  timestamp: '2026-11-25 14:00:05.123456',
  eventId: '17~x7Kp2QaB',
  serviceName: 'check, out',
  severity: 'warn',
  payload: '=HYPERLINK("x")\n\x1b[31m\u202eend',
  tags: '{"code":500,"n":12345678901234567890,"in":{"side":["a",1]},"service":"a tag"}',
  createdAt: '2026-11-25 14:00:06.000000',
};
const clock = new ZoneClock('Asia/Tokyo');

function written(
  kind: FormatChoice['kind'],
  fields?: readonly string[],
  columns?: number,
  spreadsheet = false,
): string {
  const choice = { kind, fields: fields?.map(namedField), spreadsheet };
  const format = entryFormat(choice, { columns, wrap: false, paint: leave, clock });
  return format.header + format.write([entry]);
}

const FIELDS = [
  'time',
  'service',
  'severity',
  'code',
  'n',
  'in.side',
  'in',
  'tags.service',
  'none',
  'id',
  'event_id',
  'created_at',
];

describe('the formats of entries', () => {
  it('raw is the text alone: as it is for a program, harmless on a terminal', () => {
    expect(written('raw')).toBe('=HYPERLINK("x")\n\x1b[31m\u202eend\n');
    expect(written('raw', undefined, 80)).toBe('=HYPERLINK("x")\n\\u001b[31m\\u202eend\n');
  });

  it('JSON is the same value on a terminal, where it does nothing', () => {
    const [plain, shown] = [written('json'), written('json', undefined, 80)];
    expect(plain).toContain('\u202e');
    expect(shown).not.toContain('\u202e');
    expect(JSON.parse(shown)).toEqual(JSON.parse(plain));
  });

  it('JSON is whole, however long the text is', () => {
    const payload = 'x'.repeat(1_000_000);
    const format = entryFormat(
      { kind: 'json', fields: undefined, spreadsheet: false },
      { columns: 80, wrap: false, paint: leave, clock },
    );
    expect(JSON.parse(format.write([{ ...entry, payload }]))).toMatchObject({ payload });
  });

  it('CSV has the five columns of a dump, or those that are named', () => {
    expect(written('csv')).toBe(
      'service_name,payload,severity,timestamp,created_at\n' +
        '"check, out","=HYPERLINK(""x"")\n\x1b[31m\u202eend",warn,2026-11-25 14:00:05.123456,2026-11-25 14:00:06.000000\n',
    );
    expect(written('csv', ['code', 'in', 'none'])).toBe('code,in,none\n500,"{""side"":[""a"",1]}",\n');
    expect(written('csv', ['payload'], undefined, true)).toContain(`"'=HYPERLINK`);
  });

  it('fields are one line with tabs, whatever is in them, and times in the zone', () => {
    expect(written('text', FIELDS)).toBe(
      [
        '2026-11-25T23:00:05.123456+09:00',
        'check, out',
        'warn',
        '500',
        '12345678901234567890',
        '["a",1]',
        '{"side":["a",1]}',
        'a tag',
        '-',
        '20261125T140005123456-17~x7Kp2QaB',
        '17~x7Kp2QaB',
        '2026-11-25T23:00:06.000000+09:00\n',
      ].join('\t'),
    );
    expect(written('text', ['payload'])).toBe('=HYPERLINK("x")\\n\\u001b[31m\\u202eend\n');
  });

  it('fields are JSON with the values of tags, and without what is not there', () => {
    const line = written('json', FIELDS);
    expect(line).toContain('"n":12345678901234567890');
    expect(JSON.parse(line)).toMatchObject({
      time: '2026-11-25T14:00:05.123456Z',
      service: 'check, out',
      code: 500,
      'in.side': ['a', 1],
      in: { side: ['a', 1] },
      'tags.service': 'a tag',
    });
    expect(JSON.parse(line)).not.toHaveProperty('none');
  });
});
