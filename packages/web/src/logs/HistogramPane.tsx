/** How many lines there are over time. */
export function HistogramPane() {
  return <div />;
}
