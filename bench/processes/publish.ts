import { connectPubSub } from '../../src/pubsub/client.ts';
import { messages, USUAL } from '../messages.ts';

// The limit of publishing, as a process: messages that lie ready, 1,000 a request, 8 requests in flight, by
// the client library's generated client and nothing of ours around it. Arguments: the broker's address,
// project, topic, how many.
const [emulatorHost, projectId = '', topic = '', count] = process.argv.slice(2);
const clients = await connectPubSub({ projectId, emulatorHost });
const requests: ReturnType<typeof messages>[] = [];
for (let start = 0; start < Number(count); start += 1_000)
  requests.push(messages({ ...USUAL, count: Number(count) }, start, 1_000));

process.once('message', () => {
  for (let lane = 0; lane < 8; lane += 1) void publishLane();
});
process.on('disconnect', () => {
  process.exit();
});
process.send?.('ready');

async function publishLane(): Promise<void> {
  for (let request = requests.pop(); request !== undefined; request = requests.pop())
    await clients.publisher().publish({ topic: clients.topicName(topic), messages: request });
}
