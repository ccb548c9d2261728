// A service that writes entries and ends as it is told to:
//   node publisher.ts <how> '<options of the publisher>' [entries]
import { createPublisher } from 'lms-log';

const [how, options = '{}', count = '100'] = process.argv.slice(2);
const publisher = createPublisher(JSON.parse(options) as Parameters<typeof createPublisher>[0]);
for (let n = 0; n < Number(count); n += 1) {
  const entry = { payload: `entry ${n}`, tags: { n } };
  while (!publisher.write(entry)) if (how !== 'wait' || !(await publisher.room())) break;
}
if (how === 'close') process.stdout.write(JSON.stringify(await publisher.close()));
if (how === 'exit') process.exit(0);
