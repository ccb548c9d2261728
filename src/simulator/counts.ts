import type { ServiceSeverity, SimulatedMessage } from './simulator.ts';

/** Counts of confirmed messages: `services.alpha.error` and so on, where they are not 0. */
export interface SimulationCounts {
  readonly invalid: number;
  readonly services: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Counts simulated messages by what they have to be counted as. */
export class SimulationCounter {
  #invalid = 0;
  readonly #valid = new Map<ServiceSeverity, number>();

  add(messages: readonly SimulatedMessage[]): void {
    for (const { countsAs } of messages) {
      if (countsAs === 'invalid') this.#invalid += 1;
      else this.#valid.set(countsAs, (this.#valid.get(countsAs) ?? 0) + 1);
    }
  }

  counts(): SimulationCounts {
    const byService = Map.groupBy(this.#valid, ([{ serviceName }]) => serviceName);
    const services = [...byService].map(([serviceName, counted]) => {
      const counts = counted.map(([{ severity }, count]) => [severity, count] as const);
      return [serviceName, Object.fromEntries(counts)] as const;
    });
    return { invalid: this.#invalid, services: Object.fromEntries(services) };
  }
}
