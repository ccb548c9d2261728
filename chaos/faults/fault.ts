import type { Broker } from '../../src/broker/broker.ts';
import type { Database } from '../database.ts';
import type { Draw } from '../draw.ts';
import type { Fleet } from '../fleet.ts';
import type { TcpProxy } from '../tcp-proxy.ts';

/** What a round runs on: some faults need more than others. */
export interface Conditions {
  readonly pubsub: 'broker' | 'emulator';
  /** One server, which workers reach through a proxy; or a cluster, whose nodes they reach as they are. */
  readonly database: 'server' | 'cluster';
  readonly workers: number;
}

/** Everything that faults can be done to. */
export interface World {
  readonly fleet: Fleet;
  readonly database: Database;
  /** Name of the database with the tables. */
  readonly databaseName: string;
  /** Between workers and a single MySQL server. */
  readonly mysqlNetwork: TcpProxy;
  /** Between workers and Pub/Sub. */
  readonly pubsubNetwork: TcpProxy;
  /** Undefined on the emulator. */
  readonly broker: Broker | undefined;
  /** Full name of the subscription that the workers read. */
  readonly subscription: string;
}

/** A fault with everything about it drawn. */
export interface Fault {
  /** What is special about this one, for the plan: `workers 1, 3`. */
  readonly details: string;
  /**
   * Lets it happen. Resolves to whether it took effect, once it did and whatever it broke for a time works
   * again; ends early, and cleanly, when `over` is aborted.
   */
  inject(world: World, over: AbortSignal): Promise<boolean>;
}

/** A way in which the world goes wrong. */
export interface FaultKind {
  /** As the tally names it. */
  readonly name: string;
  /** How often it is drawn, relative to the others. */
  readonly weight: number;
  readonly fits?: (conditions: Conditions) => boolean;
  readonly draw: (draw: Draw, conditions: Conditions) => Fault;
}
