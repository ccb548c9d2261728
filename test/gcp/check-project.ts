import { reportFailure } from '../../src/app/report-failure.ts';
import { connectPubSub } from '../../src/pubsub/client.ts';
import { pubsubError } from '../../src/pubsub/errors.ts';
import { testProject } from './project.ts';

/**
 * Says in a line or two what is missing before any test begins: the project, credentials, or the right to
 * look at topics.
 */
async function checkProject(): Promise<void> {
  const target = testProject();
  const clients = await connectPubSub(target);
  const project = `projects/${target.projectId}`;
  try {
    await clients.publisher().listTopics({ project, pageSize: 1 }, { autoPaginate: false });
  } catch (error) {
    throw pubsubError(error, `list the topics of ${project}`, project);
  } finally {
    await clients.close();
  }
  const where =
    target.emulatorHost === undefined ? 'Google Cloud' : `NOT GOOGLE CLOUD: ${target.emulatorHost}`;
  process.stdout.write(`Pub/Sub contract and e2e in ${project} (${where})\n`);
}

try {
  await checkProject();
} catch (error) {
  process.exitCode = reportFailure(error, process);
}
