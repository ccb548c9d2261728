import type { Topic } from './example.ts';

/** What can be asked of columns and tags by their names. */
export const FIELD_EXAMPLES: readonly Topic[] = [
  {
    title: 'Fields',
    text: [
      '`name:value`, without spaces, asks for a value by the name of its field. The whole value counts, and its case; a `*` stands for any text, in quotes for itself. `name=value` says the same, `name!=value` the opposite, and `name:*` that the field is there.',
      'Columns have these names: `service` (also `service_name`), `severity` (`level`), `payload` (`message`, `text`), `time` (`timestamp`) and `event_id`. Any other name is that of a tag, and `tags.name` always is. A dot walks into objects, unless a tag is literally called so. Of a list any element that fits counts.',
      'A name begins with a letter, `_`, `@` or `$`, goes on with these, digits, `.`, `-` and `/`, and does not end in one of those three. Everything else is text, and so is what has `//`, `\\` or `:` after its colon: `http://host`, `C:\\temp`, `std::vector`. Quotes make any name a name (`"a b":1`), and any text a text (`"Error: refused"`).',
    ].join('\n\n'),
    examples: [
      {
        expression: 'service:checkout',
        meaning: 'the service is this one',
        finds: [{ serviceName: 'checkout' }],
        misses: [{ serviceName: 'checkout-eu' }, { serviceName: 'Checkout' }],
      },
      {
        expression: 'path:/api*',
        meaning: 'the value begins so',
        finds: [{ tags: '"path":"/api/user"' }],
        misses: [{ tags: '"path":"/v2/api"' }],
      },
      {
        expression: 'path:(/api* OR /report*)',
        meaning: 'one of several values; within the parentheses `NOT` is the opposite',
        finds: [{ tags: '"path":"/report/7"' }],
        misses: [{ tags: '"path":"/login"' }],
      },
      {
        expression: 'title:"Dear "*',
        meaning: 'quotes and `*` together',
        finds: [{ tags: '"title":"Dear Ann"' }],
        misses: [{ tags: '"title":"Dearest"' }],
      },
      {
        expression: 'pattern:"*"',
        meaning: 'a `*` that is meant as such',
        finds: [{ tags: '"pattern":"*"' }],
        misses: [{ tags: '"pattern":"a"' }],
      },
      {
        expression: 'user:*',
        meaning: 'there at all',
        finds: [{ tags: '"user":null' }, { tags: '"user":{"id":7}' }],
        misses: [{ tags: '"code":200' }],
      },
      {
        expression: 'httpRequest.status:404',
        meaning: 'a tag within a tag, or literally called so',
        finds: [{ tags: '"httpRequest":{"status":404}' }, { tags: '"httpRequest.status":"404"' }],
        misses: [{ tags: '"status":404' }],
      },
      {
        expression: 'labels:blue',
        meaning: 'any element of a list',
        finds: [{ tags: '"labels":["red","blue"]' }],
        misses: [{ tags: '"labels":[["blue"]]' }],
      },
      {
        expression: 'tags.service:x "a b":1',
        meaning: 'a tag that is called as a column is; a name in quotes',
        finds: [{ tags: '"service":"x","a b":1' }],
        misses: [{ serviceName: 'x', tags: '"a b":1' }],
      },
      {
        expression: 'url:http://example.com:80/',
        meaning: 'a value may have colons',
        finds: [{ tags: '"url":"http://example.com:80/"' }],
        misses: [{ tags: '"url":"http://example.com/"' }],
      },
      {
        expression: 'message:*declined',
        meaning: 'the payload as a whole',
        finds: [{ payload: 'card declined' }],
        misses: [{ payload: 'declined card' }],
      },
    ],
  },
  {
    title: 'Numbers and order',
    text: 'A number is compared by its value as it was sent, with every digit of an integer: `500.0` is `500`. With `>=`, `>`, `<=` and `<` and a decimal number only numbers compare, exactly, also those that were sent as text. With another text values compare as texts, in the order of their characters.',
    examples: [
      {
        expression: 'code:500',
        meaning: 'a number, or a text of these digits',
        finds: [{ tags: '"code":500.0' }, { tags: '"code":"500"' }],
        misses: [{ tags: '"code":5000' }, { tags: '"code":"500 "' }],
      },
      {
        expression: 'ms>=1000',
        meaning: 'by size, not by characters',
        finds: [{ tags: '"ms":1000' }, { tags: '"ms":"20000"' }],
        misses: [{ tags: '"ms":999' }, { tags: '"ms":"slow"' }, { tags: '"ms":null' }],
      },
      {
        expression: 'id>9007199254740992',
        meaning: 'exact beyond what a double can hold',
        finds: [{ tags: '"id":9007199254740993' }],
        misses: [{ tags: '"id":9007199254740992' }],
      },
      {
        expression: 'code:(>=400 <500)',
        meaning: 'a range',
        finds: [{ tags: '"code":404' }],
        misses: [{ tags: '"code":500' }],
      },
      {
        expression: 'release>=v2',
        meaning: 'as text',
        finds: [{ tags: '"release":"v2.1"' }],
        misses: [{ tags: '"release":"v10"' }],
      },
    ],
  },
  {
    title: 'Severity',
    text: 'Severities are `debug`, `info`, `warn`, `error` and `fatal`, in this order; other names that logging libraries have for them are understood, in any case.',
    examples: [
      {
        expression: 'severity>=warn',
        meaning: 'this bad or worse',
        finds: [{ severity: 'warn' }, { severity: 'fatal' }],
        misses: [{ severity: 'info' }],
      },
      {
        expression: 'level:WARNING',
        meaning: 'the same column and severity by other names',
        finds: [{ severity: 'warn' }],
        misses: [{ severity: 'error', tags: '"level":"warning"' }],
      },
      {
        expression: 'severity:(debug OR err*)',
        meaning: 'one of several',
        finds: [{ severity: 'debug' }, { severity: 'error' }],
        misses: [{ severity: 'warn' }],
      },
    ],
  },
  {
    title: 'Time',
    text: 'A time is RFC 3339, of which seconds, date and zone may be left out; a date, which is its midnight when it is compared; `-15m`, `-1h30m` (`s`, `m`, `h`, `d`, `w`; a day has 24 hours) before now or `+1h` after it; `@` and seconds since 1970; `now`, `today`, `yesterday` or `tomorrow`. What has no zone is read in the zone asked for. `time:` is all that a time says: a day, a minute, a second. The examples are asked on 2026-11-25 at 14:07:05 in UTC.',
    examples: [
      {
        expression: 'time>=2026-11-25T14:00Z time<2026-11-25T14:05:30Z',
        meaning: 'from a time, up to before another',
        finds: [{ timestamp: '2026-11-25 14:00:00.000000' }],
        misses: [{ timestamp: '2026-11-25 14:05:30.000000' }],
      },
      {
        expression: 'time:2026-11-25',
        meaning: 'on this day',
        finds: [{ timestamp: '2026-11-25 23:59:59.999999' }],
        misses: [{ timestamp: '2026-11-26 00:00:00.000000' }],
      },
      {
        expression: 'time>=-15m',
        meaning: 'in the last quarter of an hour',
        finds: [{ timestamp: '2026-11-25 13:52:05.000000' }],
        misses: [{ timestamp: '2026-11-25 13:52:04.999999' }],
      },
      {
        expression: 'time:14:03',
        meaning: 'in this minute of today',
        finds: [{ timestamp: '2026-11-25 14:03:20.000000' }],
        misses: [{ timestamp: '2026-11-25 14:04:00.000000' }],
      },
      {
        expression: 'time<2026-11-25T16:00+02:00',
        meaning: 'with an offset',
        finds: [{ timestamp: '2026-11-25 13:59:59.999999' }],
        misses: [{ timestamp: '2026-11-25 14:00:00.000000' }],
      },
      {
        expression: 'time:yesterday',
        meaning: 'the day before today',
        finds: [{ timestamp: '2026-11-24 12:00:00.000000' }],
        misses: [{ timestamp: '2026-11-25 00:00:00.000000' }],
      },
    ],
  },
];
