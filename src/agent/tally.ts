import type { ServiceSeverity, SimulatedMessage } from './simulator.ts';

/** Counts of confirmed messages: `services.alpha.error` and so on, where they are not 0. */
export interface SimulationCounts {
  readonly invalid: number;
  readonly services: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Counts simulated messages by what they have to be counted as. */
export class Tally {
  #invalid = 0;
  readonly #valid = new Map<ServiceSeverity, number>();

  add(messages: readonly SimulatedMessage[]): void {
    for (const { countsAs } of messages) {
      if (countsAs === 'invalid') this.#invalid += 1;
      else this.#valid.set(countsAs, (this.#valid.get(countsAs) ?? 0) + 1);
    }
  }

  counts(): SimulationCounts {
    const services = new Map<string, Map<string, number>>();
    for (const [{ serviceName, severity }, count] of this.#valid) {
      const bySeverity = services.get(serviceName) ?? new Map<string, number>();
      services.set(serviceName, bySeverity.set(severity, count));
    }
    const entries = [...services].map(
      ([name, bySeverity]) => [name, Object.fromEntries(bySeverity)] as const,
    );
    return { invalid: this.#invalid, services: Object.fromEntries(entries) };
  }
}
