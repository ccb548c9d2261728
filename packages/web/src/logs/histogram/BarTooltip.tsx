import { address } from '../../state/address.ts';
import type { Histogram } from '../../state/histogram.ts';
import { text } from '../../text.ts';
import { countOf, SEVERITIES } from './bars.ts';
import styles from './BarTooltip.module.css';
import { barLabels, shownCount } from './labels.ts';
import { selection } from './selection.ts';

/** What the bar under the pointer, or the one that a key led to, has. */
export function BarTooltip({ histogram: { buckets, width } }: { readonly histogram: Histogram }) {
  const selected = selection.value;
  if (selected === undefined) return <p class={styles.tooltip} role="status" hidden />;
  const [first, last] = [Math.min(selected.from, selected.at), Math.max(selected.from, selected.at)];
  const bars = buckets.slice(first, last + 1);
  const { full } = barLabels(width?.unit ?? 'second', address.value.tz);
  const [from, to] = [bars[0]?.from, bars.at(-1)?.from];
  if (from === undefined || to === undefined) return null;
  const sum = (count: (bucket: (typeof bars)[number]) => number) =>
    bars.reduce((all, bar) => all + count(bar), 0);
  const all = sum(({ count }) => count);
  return (
    <p class={styles.tooltip} role="status" data-side={first > buckets.length / 2 ? 'left' : 'right'}>
      <b>{from === to ? full(from) : `${full(from)} – ${full(to)}`}</b>
      <span>
        {text.histogram.lines(
          shownCount(all),
          bars.every(({ exact }) => exact),
        )}
      </span>
      {SEVERITIES.map((severity) => ({ severity, count: sum((bar) => countOf(bar, severity)) }))
        .filter(({ count }) => count > 0)
        .map(({ severity, count }) => (
          <span key={severity}>
            {text.histogram.severities[severity]} {shownCount(count)}
          </span>
        ))}
    </p>
  );
}
