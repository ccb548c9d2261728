import { setTimeout as delay } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import type { Draw } from '../draw.ts';
import type { RunningAgent } from './running-agent.ts';
import type { Senders } from './senders.ts';
import type { Topic } from './topic.ts';

/** What something can happen to. */
export interface AgentScene {
  readonly agent: RunningAgent;
  readonly topic: Topic;
  readonly senders: Senders;
  readonly draw: Draw;
}

/** Something that happens. */
export interface AgentMoment {
  readonly name: string;
  readonly weight: number;
  /** Resolves once all is as before it, but for what it broke. */
  readonly happen: (scene: AgentScene) => Promise<void>;
}

/** What happens to an agent and to its broker. */
export const AGENT_MOMENTS: readonly AgentMoment[] = [
  { name: 'agent killed', weight: 5, happen: killAgent },
  { name: 'agent stopped', weight: 2, happen: stopAgent },
  {
    name: 'agent frozen',
    weight: 1,
    happen: ({ agent, draw }) => agent.freeze(draw.whole(50, 1_500)),
  },
  {
    name: 'broker away',
    weight: 2,
    happen: ({ topic, draw }) => topic.die(delay, draw.whole(50, 3_000), 'kept'),
  },
  {
    name: 'broker killed, with all that it had',
    weight: 1,
    happen: ({ topic, draw }) => topic.die(delay, draw.whole(50, 500), 'lost'),
  },
  {
    name: 'agent killed while the broker is away',
    weight: 2,
    happen: async (scene) => {
      const { topic, draw } = scene;
      await topic.die(
        async (ms) => {
          await delay(ms);
          await killAgent(scene);
          await delay(draw.whole(0, 2_000));
        },
        draw.whole(50, 3_000),
        draw.chance(0.3) ? 'lost' : 'kept',
      );
    },
  },
  {
    name: 'answers of the broker lost',
    weight: 1,
    happen: ({ topic: { broker }, draw }) => {
      broker.faults.loseAnswers('Publish', unavailable('the answer is lost'), draw.whole(1, 20));
      return Promise.resolve();
    },
  },
  {
    name: 'agent killed while answers are lost',
    weight: 2,
    happen: async (scene) => {
      const { topic, draw } = scene;
      topic.broker.faults.loseAnswers('Publish', unavailable('the answer is lost'), draw.whole(1, 20));
      await delay(draw.whole(0, 300));
      await killAgent(scene);
    },
  },
  {
    name: 'publishing refused',
    weight: 1,
    happen: ({ topic: { broker }, draw }) => {
      broker.faults.refuse('Publish', unavailable('not now'), draw.whole(1, 20));
      return Promise.resolve();
    },
  },
];

function unavailable(details: string) {
  return { code: status.UNAVAILABLE, details };
}

/** In the midst of whatever it does; what senders had written to it and it had not taken is sent again. */
async function killAgent(scene: AgentScene): Promise<void> {
  await scene.agent.kill();
  await goOn(scene);
}

/** Half a line that it has received by then would be an entry: so they are at the end of one. */
async function stopAgent(scene: AgentScene): Promise<void> {
  await scene.senders.pause();
  await scene.agent.stop();
  await goOn(scene);
}

/** What is on the disk and on the topic then was taken: nothing else. */
async function goOn({ agent, topic, senders }: AgentScene): Promise<void> {
  await senders.disconnected();
  senders.sendAgain(new Set([...topic.payloads(), ...(await agent.spooled())]));
  agent.start();
  senders.start();
}
