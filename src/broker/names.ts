import { invalid } from './refusal.ts';

/** The topic of a subscription whose topic was deleted. */
export const DELETED_TOPIC = '_deleted-topic_';

const ID = /^(?!goog)[A-Za-z][A-Za-z0-9\-_.~+%]{2,254}$/;

/** Refuses what is not `projects/<project>/<collection>/<id>` with an id as the service allows it. */
export function checkName(collection: 'topics' | 'subscriptions', name: string): void {
  const [projects, project, found, id, ...rest] = name.split('/');
  const isName = projects === 'projects' && found === collection && rest.length === 0;
  if (!isName || !project || !id || !ID.test(id)) {
    throw invalid(
      `Invalid resource name given (name=${name}). Refer to ` +
        'https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names for more information.',
    );
  }
}

/** Project and id of a full name. */
export function splitName(name: string): { project: string; id: string } {
  const [, project = '', , id = ''] = name.split('/');
  return { project, id };
}
