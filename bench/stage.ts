import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Backlog, publishBacklog } from './backlog.ts';
import { BrokerProcess } from './broker-process.ts';
import { DatabaseServer } from './database.ts';
import type { MessageSet } from './messages.ts';

/**
 * The servers around what is measured, and room for files. One stage for all runs: warm servers, alike for
 * everyone.
 */
export class Stage {
  readonly broker: BrokerProcess;
  readonly database: DatabaseServer;
  readonly directory: string;

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

  /** A subscription with this backlog; deliveries wait until the broker is told to release them. */
  backlog(set: MessageSet): Promise<Backlog> {
    return publishBacklog(this.broker, set);
  }

  /** Settings of an `lms` that reads this subscription. */
  settings({ names, projectId }: Backlog): Record<string, string> {
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
