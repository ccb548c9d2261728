import { MARK_LEVEL, NO_TIME } from '../write/rollup-statements.ts';

/**
 * Whether the sums of `lms_rollups` are right, as a condition of one statement: 1 or 0.
 *
 * A program that does not know the sums changes counts without them. Then the database itself sets `changed_at`
 * of `service_severity`, which our programs leave as it is. A mark, a row of width 0, has the value for which the
 * sums of a service and severity are right. That is sound:
 *
 * - A row that is there and has its mark was changed by nobody else since the two were compared, or made together.
 * - A row that was removed past its mark leaves it behind, and what comes in its place has another `changed_at`:
 *   a mark is alone, or the values differ.
 * - Where there is neither, no sum was changed since there was nothing: whoever changes sums sees to it that
 *   there is a mark, and who removes a mark has found it right, with nothing left to count.
 *
 * The totals are compared too, which the days make cheap: that is for tables that somebody changed by hand.
 */
export const TRUSTED = `(
  NOT EXISTS (
    SELECT 1 FROM lms_rollups AS mark LEFT JOIN service_severity AS counted
      ON counted.service_name = mark.service_name AND counted.severity = mark.severity
    WHERE mark.width = 0 AND counted.severity IS NULL)
  AND NOT EXISTS (
    SELECT 1 FROM service_severity AS counted LEFT JOIN lms_rollups AS mark
      ON mark.width = 0 AND mark.by_service = ${MARK_LEVEL} AND mark.start = '${NO_TIME}'
      AND mark.service_name = counted.service_name AND mark.severity = counted.severity
      AND mark.seen_at = counted.changed_at
    WHERE mark.seen_at IS NULL)
  AND NOT EXISTS (
    SELECT 1 FROM (
      SELECT severity, \`count\` AS counted, 0 AS summed FROM service_severity
      UNION ALL SELECT severity, 0, \`count\` FROM lms_rollups WHERE width = 1440 AND by_service = 0
    ) AS totals
    GROUP BY severity HAVING SUM(counted) <> SUM(summed)))`;
