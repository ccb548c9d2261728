import type { Entry } from '../../../../client/src/types.ts';
import { address, go } from '../../state/address.ts';
import type { EntryContext } from '../../state/lines/entry-context.ts';
import { clockTime } from '../../state/zone-time.ts';
import { text } from '../../text.ts';
import { Button } from '../../ui/Button.tsx';
import { PaneFrame } from '../../ui/PaneFrame.tsx';
import { LineText } from '../lines/LineText.tsx';
import styles from './ContextLines.module.css';

/** What came before an entry and after it, whatever else is asked for. */
export function ContextLines({ context }: { readonly context: EntryContext }) {
  const { pane, isSameService } = context;
  const found = pane.value.value;
  return (
    <PaneFrame pane={pane} label={text.context.title} tryAgain={context.load}>
      <div class={styles.switches}>
        <h2>{text.context.title}</h2>
        <Button isOn={isSameService.value} onClick={context.toggleService}>
          {text.context.sameService}
        </Button>
        {found !== undefined && <Button onClick={() => showInAll(found.entry.id)}>{text.context.all}</Button>}
      </div>
      {found !== undefined && (
        <>
          <Edge side="before" context={context} />
          <ol class={styles.lines}>
            {found.before.map((entry) => (
              <Line key={entry.id} entry={entry} />
            ))}
            <Line key={found.entry.id} entry={found.entry} isThis />
            {found.after.map((entry) => (
              <Line key={entry.id} entry={entry} />
            ))}
          </ol>
          <Edge side="after" context={context} />
          {!found.complete && <p class={styles.note}>{text.context.incomplete}</p>}
        </>
      )}
    </PaneFrame>
  );
}

function Edge({ side, context }: { readonly side: 'before' | 'after'; readonly context: EntryContext }) {
  if (context.isFull(side))
    return (
      <Button isQuiet onClick={side === 'before' ? context.moreBefore : context.moreAfter}>
        {text.context[side]}
      </Button>
    );
  const isComplete = context.pane.value.value?.complete === true;
  return isComplete ? (
    <p class={styles.note}>{side === 'before' ? text.context.first : text.context.last}</p>
  ) : null;
}

function Line({ entry, isThis = false }: { readonly entry: Entry; readonly isThis?: boolean }) {
  return (
    <li class={styles.line} aria-current={isThis} data-severity={entry.severity}>
      <button type="button" title={text.context.all} onClick={() => showInAll(entry.id)}>
        <time title={entry.timestamp}>{clockTime(entry.timestamp, address.value.tz)}</time>
        <span class={styles.severity}>{entry.severity}</span>
        <span class={styles.service}>
          <LineText payload={entry.service_name} />
        </span>
        <span class={styles.text}>
          <LineText payload={entry.payload} />
        </span>
      </button>
    </li>
  );
}

/** The list, around an entry, with nothing left out. Back leads to the question before. */
function showInAll(entry: string): void {
  go({ q: '', entry, since: undefined, until: undefined, at: undefined, isLive: false });
}
