import { signal } from '@preact/signals';
import { address } from '../../state/address.ts';
import { entries } from '../../state/lines/lines.ts';
import { run } from '../../state/run.ts';
import { text } from '../../text.ts';
import { copy } from '../../ui/copy.ts';
import type { MenuItem } from '../../ui/Menu.tsx';
import { type ExportFormat, exportHref, fieldsOf, fileName } from './export-links.ts';
import { curlCommand, logsCommand } from './shell-command.ts';

const hasColumnsAlone = signal(false);

/** What the menu offers, for what is asked now. */
export function exportItems(): readonly MenuItem[] {
  const asked = run.value;
  const fields = hasColumnsAlone.value ? fieldsOf(address.value.columns) : undefined;
  const base = new URL('.', location.href).href;
  const link = (label: string, format: ExportFormat, isForSpreadsheet = false): MenuItem => ({
    text: label,
    href: exportHref(base, asked, { format, fields, isForSpreadsheet }),
    file: fileName(format, new Date()),
  });
  return [
    { ...link(text.export.ndjson, 'ndjson'), heading: text.export.all },
    link(text.export.csv, 'csv'),
    link(text.export.spreadsheet, 'csv', true),
    link(text.export.text, 'text'),
    {
      text: text.export.columns,
      isOn: hasColumnsAlone.value,
      run: () => (hasColumnsAlone.value = !hasColumnsAlone.value),
    },
    { text: text.export.loaded(entries.value.length), run: saveLoaded, heading: text.export.here },
    { text: text.export.shell, run: () => copy(logsCommand(asked, base)), heading: text.export.commands },
    { text: text.export.curl, run: () => copy(curlCommand(asked, base)) },
  ];
}

/** The lines that this page has, as a file that it makes itself. */
function saveLoaded(): void {
  const lines = entries.peek().map((entry) => `${JSON.stringify(entry)}\n`);
  const url = URL.createObjectURL(new Blob(lines, { type: 'application/x-ndjson' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName('ndjson', new Date());
  link.click();
  // The browser has read it once it was clicked.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
