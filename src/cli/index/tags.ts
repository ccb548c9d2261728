import type { Command } from 'commander';
import { LmsError } from '../../errors/catalogue.ts';
import { requireSchema } from '../../store/schema.ts';
import type { Store } from '../../store/store.ts';
import { requireIndexable, type TagIndex } from '../../store/tags/tag-index.ts';
import { visible, visibleJson } from '../../text/visible.ts';
import type { Context } from '../context.ts';
import { databaseFlags, withStore } from '../database.ts';
import { count, seconds } from '../output/numbers.ts';
import { formatTable } from '../output/table.ts';

/** `lms index add`, `drop` and `list`: indexes of tags. */
export function configureTags(index: Command, context: Context): void {
  configureAdd(index.command('add'), context);
  configureDrop(index.command('drop'), context);
  configureList(index.command('list'), context);
}

function configureAdd(command: Command, context: Context): void {
  command
    .summary('add indexes of tags, while workers go on writing')
    .description(
      'Add indexes of tags: what is asked for by field:value of them is then found without looking at other rows, by several ' +
        'at once too. Workers and servers go on meanwhile. It reads the table once for each, which takes seconds for a million ' +
        'rows; one that was interrupted is finished when it is added again.',
    )
    .argument('<tag...>', 'their names, as expressions have them: user, httpRequest.status')
    .addHelpText('after', ADD_EXAMPLES)
    .action((tags: readonly string[]) =>
      withStore({ command, context }, async ({ store }) => {
        tags.forEach(requireIndexable);
        await requireSchema(store);
        for (const tag of new Set(tags)) context.stdout.write(await added(store, tag));
      }),
    );
  databaseFlags(command);
}

function configureDrop(command: Command, context: Context): void {
  command
    .summary('drop indexes of tags')
    .description(
      'Drop indexes of tags, while workers go on writing. What is asked for by them is then scanned.',
    )
    .argument('<tag...>', 'their names, as `lms index list` shows them')
    .action((tags: readonly string[]) =>
      withStore({ command, context }, async ({ store }) => {
        for (const tag of new Set(tags)) {
          if (!(await store.dropTagIndex(tag)))
            throw new LmsError('INDEX', `there is no index of the tag ${visible(tag)}`);
          context.stdout.write(`${visible(tag)}: dropped.\n`);
        }
      }),
    );
  databaseFlags(command);
}

function configureList(command: Command, context: Context): void {
  command
    .summary('list the indexes of tags, with their sizes')
    .description(
      'List the indexes of tags. An incomplete one was interrupted while it was added: add it again, or drop it. ' +
        'A size is shown where the database tells it.',
    )
    .option('--json', 'print a JSON array')
    .action(({ json }: { readonly json?: true }) =>
      withStore({ command, context }, async ({ store }) => {
        const indexes = await store.tagIndexes();
        context.stdout.write(json ? visibleJson(indexes.map(asJson)) : listed(indexes));
      }),
    );
  databaseFlags(command);
}

const ADD_EXAMPLES = `
Examples:
  lms index add user method code    for access logs
  lms index add trace_id --database-url mysql://lms@db.example.com/lms`;

async function added(store: Store, tag: string): Promise<string> {
  const known = await store.tagIndexes();
  if (known.some((index) => index.tag === tag && index.state === 'ready'))
    return `${visible(tag)}: is there already.\n`;
  const startMs = performance.now();
  await store.addTagIndex(tag);
  return `${visible(tag)}: added in ${seconds(performance.now() - startMs)}.\n`;
}

function asJson({ tag, name, state, bytes }: TagIndex) {
  return { tag, name, state, bytes: bytes ?? null };
}

function listed(indexes: readonly TagIndex[]): string {
  if (indexes.length === 0) return 'There are no indexes of tags: `lms index add` adds them.\n';
  const rows = indexes.map(({ tag, name, state, bytes }) => [
    visible(tag),
    name,
    state,
    bytes === undefined ? 'unknown' : `${count(Math.ceil(bytes / 1024 ** 2))} MiB`,
  ]);
  return formatTable(['TAG', 'INDEX', 'STATE', 'SIZE'], rows);
}
