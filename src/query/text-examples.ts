import type { Topic } from './example.ts';

/** What can be asked of the text of a log line, and how conditions are joined. */
export const TEXT_EXAMPLES: readonly Topic[] = [
  {
    title: 'Words',
    text: 'A text without quotes is looked for in the payload, whatever its case, and as a whole: it does not begin or end in the middle of a word. A word is a run of letters, marks and digits of any script, and `_`. A `*` at an end leaves that end open; elsewhere in a text it is itself. Tags are not searched: ask for them by name.',
    examples: [
      {
        expression: 'timeout',
        meaning: 'has this word',
        finds: [{ payload: 'Timeout after 3 s' }, { payload: '[timeout]' }],
        misses: [{ payload: 'read_timeout' }, { payload: 'no answer', tags: '"kind":"timeout"' }],
      },
      {
        expression: 'card-declined',
        meaning: 'has this text as a whole',
        finds: [{ payload: 'reason=card-declined' }],
        misses: [{ payload: 'card declined' }, { payload: 'discard-declined' }],
      },
      {
        expression: 'time*',
        meaning: 'has a word that begins so',
        finds: [{ payload: 'timed out' }],
        misses: [{ payload: 'uptime' }],
      },
      {
        expression: '*out',
        meaning: 'has a word that ends so',
        finds: [{ payload: 'read_timeout' }],
        misses: [{ payload: 'outside' }],
      },
      {
        expression: 'http://example.com/a?b=1',
        meaning: 'an address is text',
        finds: [{ payload: 'GET http://example.com/a?b=1' }],
        misses: [{ payload: 'GET http://example.com/a?b=12' }],
      },
      {
        expression: '12:30',
        meaning: 'what begins with a digit is text',
        finds: [{ payload: 'lunch at 12:30' }],
        misses: [{ payload: '12:305', tags: '"12":30' }],
      },
      {
        expression: 'parse() --verbose C:\\temp',
        meaning: 'parentheses inside a word, two dashes and a drive are text',
        finds: [{ payload: 'parse() of C:\\temp with --verbose' }],
        misses: [{ payload: 'parse of C:\\temp with --verbose' }],
      },
      {
        expression: '*',
        meaning: 'everything, as does an empty expression',
        finds: [{ payload: '' }],
        misses: [],
      },
    ],
  },
  {
    title: 'Quotes',
    text: 'A text in quotes is looked for in the payload exactly as written, also within words. `"` and `“ ” „` quote. In quotes `\\"` is a quotation mark and `\\\\` a backslash; `\\n`, `\\t`, `\\r` and `\\u{1f600}` are characters that are hard to type.',
    examples: [
      {
        expression: '"card declined"',
        meaning: 'has this text, case and spaces as they are',
        finds: [{ payload: 'card declined' }, { payload: 'discard declined' }],
        misses: [{ payload: 'Card declined' }, { payload: 'card  declined' }],
      },
      {
        expression: '“card declined”',
        meaning: 'the same',
        finds: [{ payload: 'card declined' }],
        misses: [{ payload: '“card” declined' }],
      },
      {
        expression: '"say \\"no\\" to C:\\\\temp"',
        meaning: 'has quotation marks and a backslash',
        finds: [{ payload: 'say "no" to C:\\temp' }],
        misses: [{ payload: 'say no to C:\\temp' }],
      },
      {
        expression: '"DEBUG" "user:bot"',
        meaning: 'in a word too; a text that would be a field',
        finds: [{ payload: '\u001b[32mDEBUG\u001b[0m user:bot' }],
        misses: [{ payload: '\u001b[32mDEBUG\u001b[0m', tags: '"user":"bot"' }],
      },
    ],
  },
  {
    title: 'AND, OR, NOT',
    text: 'Conditions side by side have all to be met; `AND` between them says the same. `OR` is met by either side and binds less tightly, parentheses group, and `-` right before a condition, or `NOT`, is its opposite: also for entries that do not have the tag. The three are written in capitals: `or` is a word.',
    examples: [
      {
        expression: 'card declined',
        meaning: 'has both words, in any order',
        finds: [{ payload: 'declined: card' }],
        misses: [{ payload: 'card' }],
      },
      {
        expression: 'card OR login denied',
        meaning: 'has `card`, or both `login` and `denied`',
        finds: [{ payload: 'card' }, { payload: 'login denied' }],
        misses: [{ payload: 'denied' }],
      },
      {
        expression: '(card OR login) denied',
        meaning: 'has `denied`, and `card` or `login`',
        finds: [{ payload: 'card denied' }],
        misses: [{ payload: 'card' }],
      },
      {
        expression: '-user:bot',
        meaning: 'not of this user, or of no user at all',
        finds: [{ tags: '"user":"ann"' }, { tags: '"code":200' }, {}],
        misses: [{ tags: '"user":"bot"' }],
      },
      {
        expression: 'user:* -user:bot',
        meaning: 'of another user',
        finds: [{ tags: '"user":"ann"' }],
        misses: [{ tags: '"code":200' }],
      },
      {
        expression: 'NOT (refused OR reset)',
        meaning: 'has neither',
        finds: [{ payload: 'connected' }],
        misses: [{ payload: 'connection reset' }],
      },
      {
        expression: 'GET - 200',
        meaning: 'a dash before a space is text',
        finds: [{ payload: '200 - GET' }],
        misses: [{ payload: 'GET 200' }],
      },
    ],
  },
];
