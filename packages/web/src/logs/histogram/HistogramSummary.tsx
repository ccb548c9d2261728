import { address } from '../../state/address.ts';
import type { Histogram } from '../../state/histogram.ts';
import { askFor } from '../../state/question/refining.ts';
import { text } from '../../text.ts';
import { SEVERITIES, type Severity, totals } from './bars.ts';
import styles from './HistogramSummary.module.css';
import { barLabels, shownCount } from './labels.ts';

const FAR_MS = 60_000;

/** How many lines there are, of which severities, and what a bar is. */
export function HistogramSummary({ histogram }: { readonly histogram: Histogram }) {
  const { buckets, complete, width, ahead } = histogram;
  const counts = totals(buckets);
  const words = text.histogram;
  return (
    <div class={styles.summary}>
      <strong>{words.lines(shownCount(counts.all), complete)}</strong>
      {SEVERITIES.filter((severity) => counts[severity] > 0).map((severity) => (
        <SeverityCount key={severity} severity={severity} count={counts[severity]} />
      ))}
      {width !== null && (
        <span class={styles.width}>{words.barOf(words.width(width.unit, width.count))}</span>
      )}
      {!complete && <span>{words.incomplete}</span>}
      {isFarAhead(histogram) && (
        <span>{words.ahead(barLabels('minute', address.value.tz).full(ahead?.from ?? ''))}</span>
      )}
    </div>
  );
}

function SeverityCount({ severity, count }: { readonly severity: Severity; readonly count: number }) {
  const label = text.histogram.severities[severity];
  return (
    <button
      type="button"
      class={styles.severity}
      data-severity={severity}
      onClick={() => void askFor({ field: 'severity', value: severity, how: 'only' })}
    >
      <span class={styles.sign} aria-hidden="true" />
      {label} <b>{shownCount(count)}</b>
    </button>
  );
}

/** A clock that is a moment ahead is none worth a word: lines of this second are, while they come. */
function isFarAhead({ ahead, range }: Histogram): boolean {
  const [last, end] = [ahead?.to ?? undefined, range.to ?? undefined];
  return last !== undefined && end !== undefined && Date.parse(last) > Date.parse(end) + FAR_MS;
}
