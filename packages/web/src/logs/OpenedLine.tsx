import { useEffect, useMemo } from 'preact/hooks';
import type { TailEntry } from '../../../client/src/types.ts';
import { loadExact, openedEntry } from '../state/opened-entry.ts';
import { ContextLines } from './ContextLines.tsx';
import { jsonOfEntry, mayLackDigits } from './entry-fields.ts';
import { EntryActions } from './EntryActions.tsx';
import { EntryFields } from './EntryFields.tsx';
import { jsonInPayload } from './json-tree.ts';
import styles from './OpenedLine.module.css';
import { Payload, PayloadSwitches } from './Payload.tsx';

/** All of an entry. */
export function OpenedLine({ entry }: { readonly entry: TailEntry }) {
  const opened = openedEntry(entry.id);
  const isStored = entry.created_at !== undefined;
  useEffect(() => {
    if (isStored && mayLackDigits(entry.tags)) loadExact(entry.id, opened);
  }, [entry.id, isStored]);
  const json = opened.exact.value.value ?? jsonOfEntry(entry);
  const tree = useMemo(() => jsonInPayload(entry.payload), [entry.payload]);
  return (
    <div class={styles.opened}>
      <EntryActions entry={entry} json={json} opened={opened}>
        <PayloadSwitches hasTree={tree !== undefined} opened={opened} />
      </EntryActions>
      {opened.context.isOpen.value && <ContextLines context={opened.context} />}
      <Payload payload={entry.payload} json={tree} opened={opened} />
      <EntryFields entry={entry} json={json} opened={opened} />
    </div>
  );
}
