/** Every text that people read on the page; what logs say stands in none of them. */
export const text = {
  app: {
    name: 'LMS',
    pages: { logs: 'Logs' },
    skip: 'Skip to the lines',
    help: 'Keys',
    theme: { system: 'System theme', light: 'Light theme', dark: 'Dark theme' },
    close: 'Close',
  },
  pane: {
    loading: 'Loading…',
    tryAgain: 'Try again',
    stale: 'Not up to date',
  },
  query: {},
  histogram: {},
  lines: {},
  entry: {},
  live: {},
  session: {},
  empty: {},
} as const;
