import { expect, it } from 'vitest';
import { signedBy } from '../../../packages/log/src/pubsub-access.ts';

const call = {
  method_name: 'Publish',
  service_url: 'https://pubsub.googleapis.com/google.pubsub.v1.Publisher',
};

it('calls carry the headers of whoever signs them', async () => {
  const asked: (string | undefined)[] = [];
  const signer = {
    getRequestHeaders: async (url?: string) => {
      asked.push(url);
      return new Headers({ authorization: 'Bearer token', 'x-goog-user-project': 'lms' });
    },
  };
  const metadata = await signedBy(signer).generateMetadata(call);
  expect(metadata.getMap()).toEqual({ authorization: 'Bearer token', 'x-goog-user-project': 'lms' });
  expect(asked).toEqual([call.service_url]);
});

it('a call that nobody can sign fails', async () => {
  const signer = { getRequestHeaders: () => Promise.reject(new Error('expired')) };
  await expect(signedBy(signer).generateMetadata(call)).rejects.toThrow('expired');
});
