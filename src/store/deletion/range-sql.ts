import type { EntryKey } from '../../query/answers/ports.ts';
import type { RangeDeletion, ServiceSeverity } from '../../retention/ports.ts';
import { allOf, anyOf, type Sql } from '../filter-sql.ts';
import { stretchSql } from '../stretch-sql.ts';

/** The rows of a range that are deleted, up to and with `end` if it is given. */
export function deletedSql({ only, ...range }: Omit<RangeDeletion, 'maxRows'>, end?: EntryKey): Sql {
  return allOf([rangeSql(range, end), ...(only === undefined ? [] : [onlySql(only)])]);
}

/** All rows of a range, whatever is deleted of them. */
export function rangeSql({ from, to, after }: Omit<RangeDeletion, 'maxRows'>, end?: EntryKey): Sql {
  return stretchSql({ order: 'oldest', from, to, after }, end);
}

/** The rows of one service and severity in a range. */
export function ofOneSql({ serviceName, severity }: ServiceSeverity, range: Sql): Sql {
  return allOf([{ text: 'service_name = ? AND severity = ?', values: [serviceName, severity] }, range]);
}

/** Few lists, whatever the services: severities that have the same ones share theirs. */
function onlySql(only: readonly ServiceSeverity[]): Sql {
  const services = [...Map.groupBy(only, ({ severity }) => severity)].map(([severity, of]) => ({
    severity,
    names: of.map(({ serviceName }) => serviceName).sort(),
  }));
  const alike = Map.groupBy(services, ({ names }) => JSON.stringify(names));
  return anyOf(
    [...alike.values()].map((group) =>
      allOf([
        oneOf(
          'severity',
          group.map(({ severity }) => severity),
        ),
        oneOf('service_name', group[0]?.names ?? []),
      ]),
    ),
  );
}

function oneOf(column: string, values: readonly string[]): Sql {
  return { text: `${column} IN (${values.map(() => '?').join(', ')})`, values };
}
