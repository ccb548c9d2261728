/** What became of entries that came in. */
export const OUTCOMES = ['accepted', 'rejected', 'overloaded', 'failed'] as const;

export type Outcome = (typeof OUTCOMES)[number];

/** Protocols that entries come in by. */
export const PROTOCOLS = ['entries', 'otlp', 'loki', 'elasticsearch', 'messages', 'sink', 'lines'] as const;

export type Protocol = (typeof PROTOCOLS)[number];

/** Told what happens in a server, and shows it as metrics. */
export interface ServerEvents {
  /** A request is over. `route`: as it was declared, never the path. */
  answered(request: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly tookMs: number;
  }): void;
  /** The database looked at so many rows for a question, and so many were what was asked for. */
  read(rowsRead: number, rowsReturned: number): void;
  /** So many entries came in; of a request that failed midway, so many of its records. */
  received(protocol: Protocol, outcome: Outcome, entries: number): void;
  /** Shows these numbers, too, and begins every series. */
  watch(
    numbers: readonly WatchedNumber[],
    series: { readonly protocols: readonly Protocol[]; readonly outcomes: readonly Outcome[] },
  ): void;
  /** All numbers as Prometheus reads them. */
  text(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** A number that comes and goes. */
export interface WatchedNumber {
  readonly name: string;
  readonly help: string;
  /** It only ever grows. */
  readonly isCounter?: boolean;
  readonly read: () => number;
}
