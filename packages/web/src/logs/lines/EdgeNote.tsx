import { address } from '../../state/address.ts';
import type { Edge, Side } from '../../state/lines/edge.ts';
import { edges, entries } from '../../state/lines/lines.ts';
import { run } from '../../state/run.ts';
import { dayAndMinute } from '../../state/zone-time.ts';
import { text } from '../../text.ts';
import styles from './EdgeNote.module.css';
import { readOn } from './read-more.ts';

/** What is to be said of one end of the lines: that more is read, that it could not be, or that there is no more. */
export function EdgeNote({ side }: { readonly side: Side }) {
  const edge = edges[side].value;
  const isEmpty = entries.value.length === 0;
  if (isEmpty && edge.state === 'end') return null;
  return (
    <div class={styles.edge} data-side={side} data-state={edge.state}>
      <Note side={side} edge={edge} />
    </div>
  );
}

function Note({ side, edge: { state, problem, searchedTo } }: { readonly side: Side; readonly edge: Edge }) {
  const words = text.lines[side];
  switch (state) {
    case 'loading':
      return <span>{words.loading}</span>;
    case 'failed':
      return (
        <span role="alert">
          {words.failed} {problem?.detail} <Act side={side} does={text.pane.tryAgain} />
        </span>
      );
    case 'partial':
      return <Act side={side} does={goOn(searchedTo)} />;
    case 'more':
      return <Act side={side} does={words.more} />;
    case 'end':
      return <End side={side} />;
  }
}

function goOn(searchedTo: string | undefined): string {
  if (searchedTo === undefined) return text.lines.goOnAnywhere;
  return text.lines.goOn(dayAndMinute(searchedTo, address.value.tz));
}

function End({ side }: { readonly side: Side }) {
  // What comes by itself needs no words.
  if (side === 'newer' && address.value.isLive && run.value.until === undefined) return null;
  const canLookAgain = side === 'newer' && run.value.until === undefined;
  return (
    <span>
      {text.lines[side].end} {canLookAgain && <Act side={side} does={text.lines.newer.again} />}
    </span>
  );
}

function Act({ side, does }: { readonly side: Side; readonly does: string }) {
  return (
    <button type="button" class={styles.act} onClick={() => readOn(side)}>
      {does}
    </button>
  );
}
