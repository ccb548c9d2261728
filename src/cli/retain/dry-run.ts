import type { Command } from 'commander';
import { rulesOfSetting } from '../../app/retention/rules-setting.ts';
import { sizeLimitOf } from '../../app/retention/size-limit.ts';
import { LmsError } from '../../errors/catalogue.ts';
import type { RetentionState } from '../../retention/ports.ts';
import { previewRules, type RulePreview } from '../../retention/preview.ts';
import { requireRules, type Rule } from '../../retention/rules.ts';
import type { SizePlan } from '../../retention/size-run.ts';
import type { Context } from '../context.ts';
import { previewJson, previewText } from '../output/retention.ts';
import { sizePlanText } from '../output/size-limit.ts';
import { type Retaining, withRetention } from './with-retention.ts';

/** `lms retain --dry-run`: says what a run would delete now. */
export async function dryRun(
  { json }: { readonly json: boolean },
  command: Command,
  context: Context,
): Promise<void> {
  await withRetention(command, context, async (retaining) => {
    const { opened, settings } = retaining;
    const state = await opened.book.state();
    const text = state.ruleSet?.rules ?? rulesOfSetting(settings);
    const rules = text === undefined ? [] : requireRules(text, 'the rules');
    const found = await preview(rules, state, retaining);
    const size = await sizePlan(found, retaining);
    context.stdout.write(
      json ? previewJson(found, state, size) : previewText(found, state) + sizePlanText(size),
    );
  });
}

/** What the last rule would delete after these; undefined: there is none. */
function sizePlan(
  found: readonly RulePreview[],
  { stop: { signal }, ...retaining }: Retaining,
): Promise<SizePlan> | undefined {
  const goneRows = found.reduce((sum, { rows }) => sum + rows, 0);
  return sizeLimitOf(retaining)?.plan(signal, goneRows);
}

/** What rules would delete now. Ctrl-C ends it: STOPPED. */
export async function preview(
  rules: readonly Rule[],
  state: RetentionState,
  { opened, stop: { signal } }: Retaining,
): Promise<readonly RulePreview[]> {
  const means = {
    reader: await opened.reader(),
    budget: { maxMs: Infinity, maxRows: Infinity },
    now: () => performance.now(),
    signal,
  };
  try {
    return await all(previewRules(rules, state, means));
  } catch (error) {
    if (signal.aborted) throw new LmsError('STOPPED', 'stopped before all was counted; nothing was changed');
    throw error;
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
