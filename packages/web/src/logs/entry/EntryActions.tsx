import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { TailEntry } from '../../../../client/src/types.ts';
import { address } from '../../state/address.ts';
import { traceTemplate } from '../../state/display.ts';
import type { OpenedEntry } from '../../state/lines/opened-entry.ts';
import { run } from '../../state/run.ts';
import { text } from '../../text.ts';
import { Button } from '../../ui/Button.tsx';
import { copy } from '../../ui/copy.ts';
import { lazily } from '../../ui/lazily.tsx';
import { Menu } from '../../ui/Menu.tsx';
import { tagFields } from './entry-fields.ts';
import { permalink, textOfEntry } from './entry-text.ts';
import styles from './EntryActions.module.css';
import { traceLink } from './trace-link.ts';

const TraceDialog = lazily(async () => (await import('./TraceDialog.tsx')).TraceDialog);
const traceDialogOf = signal<string | undefined>(undefined);

/** What can be done with an opened line. */
export function EntryActions({
  entry,
  json,
  opened: { context },
  children,
}: {
  readonly entry: TailEntry;
  /** With all the digits of its numbers. */
  readonly json: string;
  readonly opened: OpenedEntry;
  /** What stands among them. */
  readonly children: ComponentChildren;
}) {
  const { id } = entry;
  const close = () => (traceDialogOf.value = undefined);
  return (
    <div class={styles.actions} role="group" aria-label={text.entry.actions}>
      <Button isOn={context.isOpen.value} onClick={context.toggle}>
        {text.context.show}
      </Button>
      {children}
      <Button onClick={() => void copy(linkTo(id))}>{text.entry.permalink}</Button>
      <Menu
        label={text.entry.copy}
        items={() => [
          { text: text.entry.copyText, run: () => copy(entry.payload) },
          { text: text.entry.copyJson, run: () => copy(json.trim()) },
          { text: text.entry.copyLine, run: () => copy(textOfEntry(entry)) },
          { text: text.entry.copyId, run: () => copy(id) },
        ]}
      >
        {text.entry.copy} ▾
      </Menu>
      <TraceLink json={json} entry={entry} />
      <Button isQuiet onClick={() => (traceDialogOf.value = id)}>
        {text.trace.set}
      </Button>
      {traceDialogOf.value === id && <TraceDialog close={close} />}
    </div>
  );
}

/** Where the trace of an entry is shown, if there is such a place and the entry says which trace it is. */
function TraceLink({ entry, json }: { readonly entry: TailEntry; readonly json: string }) {
  const template = traceTemplate.value;
  if (template === '') return null;
  const values = new Map(tagFields(json).map(({ name, value }) => [name, value]));
  values.set('service', entry.service_name).set('id', entry.id).set('timestamp', entry.timestamp);
  const href = traceLink(template, (name) => values.get(name));
  if (href === undefined) return null;
  return (
    <a class={styles.link} href={href} target="_blank" rel="noopener noreferrer">
      {text.trace.open} ↗
    </a>
  );
}

function linkTo(id: string): string {
  return permalink(location.href, address.peek(), run.peek(), id);
}
