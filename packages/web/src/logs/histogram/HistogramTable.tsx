import { address } from '../../state/address.ts';
import type { Histogram } from '../../state/histogram.ts';
import { text } from '../../text.ts';
import { countOf, SEVERITIES } from './bars.ts';
import styles from './HistogramTable.module.css';
import { barLabels, shownCount } from './labels.ts';

/** The same as a table, for whoever does not see bars. */
export function HistogramTable({ histogram: { buckets, width } }: { readonly histogram: Histogram }) {
  const words = text.histogram;
  const { full } = barLabels(width?.unit ?? 'second', address.value.tz);
  return (
    <div class={styles.hidden}>
      <table>
        <caption>{words.label}</caption>
        <thead>
          <tr>
            <th scope="col">{words.time}</th>
            <th scope="col">{words.all}</th>
            {SEVERITIES.map((severity) => (
              <th key={severity} scope="col">
                {words.severities[severity]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {buckets
            .filter(({ count }) => count > 0)
            .map((bucket) => (
              <tr key={bucket.from}>
                <th scope="row">{full(bucket.from)}</th>
                <td>{shownCount(bucket.count)}</td>
                {SEVERITIES.map((severity) => (
                  <td key={severity}>{shownCount(countOf(bucket, severity))}</td>
                ))}
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}
