// Sends an entry to `lms serve` and sees it come back, with lms-client:
//   LMS_URL=http://127.0.0.1:8080 LMS_TOKEN=… node examples/client.ts
// A server without tokens takes what comes from its own machine, without LMS_TOKEN.
import { LmsClient, LmsProblem } from 'lms-client';

const { LMS_URL = 'http://127.0.0.1:8080', LMS_TOKEN } = process.env;
const lms = new LmsClient(LMS_URL, { token: LMS_TOKEN });
const print = (line: string) => process.stdout.write(`${line}\n`);

try {
  const order = Date.now();
  await lms.send({ service_name: 'checkout', severity: 'warn', payload: 'card declined', order });
  // The live tail has it within a second, before it is stored.
  const { timestamp, payload } = await lms.waitFor(`service:checkout order:${String(order)}`);
  print(`${timestamp} ${payload}`);

  // What is stored, the newest first; each page is asked for when it is wanted.
  for await (const entry of lms.all({ q: 'severity>=warn', since: '1h' }))
    print(`${entry.timestamp} ${entry.payload}`);

  // The last three, and whatever comes within four seconds.
  const signal = AbortSignal.timeout(4_000);
  try {
    for await (const entry of lms.tail({ q: 'severity>=warn', n: 3 }, { signal }))
      print(`live: ${entry.payload}`);
  } catch (error) {
    if (error !== signal.reason) throw error;
  }
} catch (error) {
  if (!(error instanceof LmsProblem)) throw error;
  process.stderr.write(`${error.code}: ${error.detail}\n`);
  process.exitCode = 1;
}
