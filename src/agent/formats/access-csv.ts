import { type CsvColumns, csvHeader, isCsvHeaderOf, scanAccessCsv } from '../../logs/access/csv.ts';
import { accessEntry } from '../../logs/access/line.ts';
import { type Format, readingOf } from './format.ts';

/** An access log in CSV, with Unix seconds: `"10.0.0.1","-","apache",1549574332,"GET / HTTP/1.0",200,1234`. */
export const accessCsv: Format = withColumns(undefined);

function withColumns(columns: CsvColumns | undefined): Format {
  return {
    name: 'csv',
    read(line) {
      const fields = scanAccessCsv(line, columns);
      return fields && readingOf(line, accessEntry(fields));
    },
    underHeader(line) {
      const named = csvHeader(line);
      return named && withColumns(named);
    },
    repeatsHeader: (line) => columns !== undefined && isCsvHeaderOf(line, columns),
  };
}
