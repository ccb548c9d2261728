import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Backlog, type BacklogSubscription } from './backlog.ts';
import { BrokerProcess } from './broker-process.ts';
import { DatabaseServer } from './database.ts';
import type { MessageSet } from './messages.ts';
import type { Case } from './sample.ts';

/** The servers around what is measured, and room for files. One stage for all runs: warm servers, alike for everyone. */
export class Stage {
  readonly broker: BrokerProcess;
  readonly database: DatabaseServer;
  readonly directory: string;
  readonly #backlogs = new Map<string, Backlog>();

  private constructor(broker: BrokerProcess, database: DatabaseServer, directory: string) {
    this.broker = broker;
    this.database = database;
    this.directory = directory;
  }

  static async open(): Promise<Stage> {
    const database = await DatabaseServer.start();
    const directory = await mkdtemp(join(tmpdir(), 'lms-bench-'));
    return new Stage(await BrokerProcess.start(), database, directory);
  }

  /** The backlog of a message set; cases that read the same set share it. */
  backlog(set: MessageSet): Backlog {
    const key = JSON.stringify(set);
    const known = this.#backlogs.get(key) ?? new Backlog(this.broker, set);
    this.#backlogs.set(key, known);
    return known;
  }

  /** Publishes what these cases read in so many rounds. */
  async prepareBacklogs(cases: readonly Case[], rounds: number): Promise<void> {
    for (const backlog of this.#backlogs.values()) {
      const readers = cases.filter(({ reads }) => reads === backlog).length;
      if (readers > 0) await backlog.prepare(readers * rounds);
    }
  }

  /** Settings of an `lms` that reads this subscription. */
  settings({ names, projectId }: BacklogSubscription): Record<string, string> {
    return {
      PUBSUB_EMULATOR_HOST: this.broker.address,
      PUBSUB_PROJECT_ID: projectId,
      PUBSUB_TOPIC: names.topic,
      PUBSUB_SUBSCRIPTION: names.subscription,
    };
  }

  async close(): Promise<void> {
    this.broker.stop();
    await this.database.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}
