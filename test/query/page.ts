import { format, resolveConfig } from 'prettier';
import type { Example, ExampleEntry, Topic } from '../../src/query/example.ts';
import { EXAMPLE_NOW_MS, MISTAKES, TOPICS } from '../../src/query/examples.ts';
import { isMistake, showMistake } from '../../src/query/mistake.ts';
import { parseFilter } from '../../src/query/parse.ts';
import { MAX_DEPTH, MAX_LENGTH, MAX_TERMS } from '../../src/query/scanner.ts';
import { visible } from '../../src/text/visible.ts';

/** The page of the query language, made of the examples that the tests run. */
export async function queryLanguagePage(path: string): Promise<string> {
  const text = [
    '# Query language',
    'Which log entries are meant is one expression, the same in the shell, in an address and on the page:',
    '```\nservice:checkout severity>=warn code:500 -user:bot "card declined" (path:/api* OR path:/report*)\n```',
    'In a shell it stands in single quotes. This page is made of the examples that the tests run.',
    ...TOPICS.map(topicText),
    '## Mistakes',
    'What is no expression is refused, with the place and what was expected there. Nothing is guessed.',
    ...MISTAKES.map(({ expression }) => `\`\`\`\n${shown(expression)}\n\`\`\``),
    '## Limits',
    `An expression has at most ${MAX_LENGTH.toLocaleString('en')} characters, also when it is written out in full (dates as times, for one), parentheses and negations nest at most ${MAX_DEPTH} deep, and it has at most ${MAX_TERMS} conditions. Halves of surrogate pairs are refused: no stored text can hold one.`,
  ].join('\n\n');
  return format(text, { ...(await resolveConfig(path)), parser: 'markdown' });
}

function topicText({ title, text, examples }: Topic): string {
  const rows = examples.map(({ expression, meaning, finds, misses }: Example) =>
    [code(expression), meaning, finds.map(entryText).join('<br>'), misses.map(entryText).join('<br>')].join(
      ' | ',
    ),
  );
  const head = ['expression | matches what | finds | does not find', '--- | --- | --- | ---'];
  return [`## ${title}`, text, [...head, ...rows].map((row) => `| ${row} |`).join('\n')].join('\n\n');
}

function entryText({ payload, tags, timestamp, serviceName, severity }: ExampleEntry): string {
  const said = [
    ...[timestamp, severity, payload].filter((text) => text !== undefined),
    ...(serviceName === undefined ? [] : [`service ${serviceName}`]),
    ...(tags === undefined ? [] : [`{${tags}}`]),
  ];
  return said.length === 0 ? 'no tags' : said.map(code).join(' ');
}

function code(text: string): string {
  if (text === '') return 'an empty text';
  const shownText = visible(text).replaceAll('|', '\\|');
  return shownText.includes('`') ? `\`\` ${shownText} \`\`` : `\`${shownText}\``;
}

function shown(expression: string): string {
  const result = parseFilter(expression, { nowMs: EXAMPLE_NOW_MS, zone: 'UTC' });
  return isMistake(result) ? showMistake(expression, result) : '';
}
