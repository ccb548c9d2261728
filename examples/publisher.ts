// A program that writes entries without a logging library, to a topic or to a server:
//   LMS_URL=http://127.0.0.1:8080 node examples/publisher.ts
import { createPublisher } from 'lms-log';

await using publisher = createPublisher({ service: 'import', whenFull: 'wait' });

for (let row = 1; row <= 3; row += 1) {
  const entry = { payload: `row ${row} read`, severity: 'debug', tags: { row } } as const;
  // The queue is bounded: a program that produces faster than the network carries waits here.
  while (!publisher.write(entry)) if (!(await publisher.room())) break;
}
const { confirmed, held } = await publisher.flush();
process.stdout.write(`${confirmed} confirmed, ${held} on their way\n`);
