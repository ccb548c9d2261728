import type { KeyCount } from '../../../query/answers/ports.ts';
import type { Counts } from '../../counts.ts';
import { ROLLUP_LEVELS } from '../../rollups.ts';
import { textLiterals } from './literals.ts';

/** Rows of a statement: a few hundred kilobytes at most. */
const ROWS_AT_ONCE = 4_000;

/** The first time that a column holds, which is no time of a count: a mark that says nothing. */
export const NO_TIME = '1000-01-01 00:00:00';
/** What marks have in `by_service`: the last that was added, which programs that do not keep all sums do not mark. */
export const MARK_LEVEL = String(ROLLUP_LEVELS.services);

const INSERT = `INSERT INTO lms_rollups (width, by_service, start, service_name, severity, \`count\`, seen_at) VALUES `;
const ADD = ' ON DUPLICATE KEY UPDATE `count` = `count` + VALUES(`count`)';

/**
 * The statements that add counts to their sums, or take them off. Whoever changes sums sees to it that there is a
 * mark for their service and severity, `seenAt` if there is none: see `TRUSTED`.
 *
 * As text, not prepared: of so many values the driver would make an object each, and a worker would notice.
 */
export function rollupStatements(counts: Counts, sign: 1 | -1, seenAt: string): string[] {
  const literal = textLiterals();
  const rows = counts
    .byKey()
    .map(
      ({ serviceName, severity }) =>
        `(0,${MARK_LEVEL},'${NO_TIME}',${literal(serviceName)},'${severity}',0,'${seenAt}')`,
    );
  /** What rows have behind their start: of an hour and its day mostly the same. */
  const ends = new Map<readonly KeyCount[], readonly string[]>();
  for (const { width, level, start, counts: list } of counts.byRollup()) {
    let behind = ends.get(list);
    behind ??= list.map(
      ({ serviceName, severity, count }) =>
        `${literal(serviceName)},'${severity}',${String(sign * count)},NULL)`,
    );
    ends.set(list, behind);
    const head = `(${String(width)},${String(level)},'${start}',`;
    for (const end of behind) rows.push(head + end);
  }
  const statements: string[] = [];
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE)
    statements.push(`${INSERT}${rows.slice(at, at + ROWS_AT_ONCE).join(',')}${ADD}`);
  return statements;
}

/** The keys of the sums that counts belong to. */
export function rollupKeys(counts: Counts): string[][] {
  return counts
    .byRollup()
    .flatMap(({ width, level, start, counts: list }) =>
      list.map(({ serviceName, severity }) => [String(width), String(level), start, serviceName, severity]),
    );
}
