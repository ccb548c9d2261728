import { LiveBar } from '../live/LiveBar.tsx';
import { FacetsPane } from './facets/FacetsPane.tsx';
import { HistogramPane } from './histogram/HistogramPane.tsx';
import { LinesPane } from './lines/LinesPane.tsx';
import styles from './LogsPage.module.css';
import { QueryBar } from './query/QueryBar.tsx';

/** Lines of logs: what is asked, how many over time, and the lines themselves. */
export function LogsPage() {
  return (
    <div class={styles.page}>
      <QueryBar />
      <HistogramPane />
      <div class={styles.main}>
        <FacetsPane />
        <main class={styles.lines}>
          <LiveBar />
          <LinesPane />
        </main>
      </div>
    </div>
  );
}
