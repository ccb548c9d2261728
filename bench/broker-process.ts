import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BrokerAnswer, BrokerCounts, BrokerQuestion } from './processes/broker.ts';

const PROGRAM = fileURLToPath(new URL('processes/broker.ts', import.meta.url));

type Question = BrokerQuestion extends infer Q ? (Q extends unknown ? Omit<Q, 'id'> : never) : never;

/** The embedded broker in a process of its own. It ends with us. */
export class BrokerProcess {
  readonly address: string;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: BrokerCounts) => void>();
  #questions = 0;

  private constructor(child: ChildProcess, address: string) {
    this.address = address;
    this.#child = child;
    child.on('message', (answer: BrokerAnswer) => {
      if (!('address' in answer)) this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    });
  }

  static async start(): Promise<BrokerProcess> {
    const child = fork(PROGRAM, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const address = await new Promise<string>((resolve, reject) => {
      child.once('exit', (code) => {
        reject(new Error(`the broker ended with ${code}`));
      });
      child.once('message', (answer: BrokerAnswer) => {
        if ('address' in answer) resolve(answer.address);
      });
    });
    return new BrokerProcess(child, address);
  }

  /** Deliveries wait from now on. */
  async hold(): Promise<void> {
    await this.#ask({ ask: 'hold' });
  }

  async release(): Promise<void> {
    await this.#ask({ ask: 'release' });
  }

  /** Counts of a subscription, by its full name. */
  subscription(name: string): Promise<BrokerCounts> {
    return this.#ask({ ask: 'subscription', name });
  }

  /** Messages published to a topic, by its full name; 0 before it exists. */
  async published(name: string): Promise<number> {
    return (await this.#ask({ ask: 'topic', name })).published;
  }

  stop(): void {
    this.#child.kill();
  }

  #ask(question: Question): Promise<BrokerCounts> {
    const id = (this.#questions += 1);
    this.#child.send({ id, ...question });
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
    });
  }
}
