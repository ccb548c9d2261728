import type { protos } from '@google-cloud/pubsub';
import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { readPublishRequest } from '../encoding/publish-request.ts';
import { encodeMessageIds } from '../encoding/stamp.ts';
import type { BrokerState, TopicResource } from '../state.ts';
import { page } from './pages.ts';
import type { Unary } from './unary.ts';

type ListTopicsRequest = protos.google.pubsub.v1.IListTopicsRequest;
type ListTopicSubscriptionsRequest = protos.google.pubsub.v1.IListTopicSubscriptionsRequest;
type TopicRequest = protos.google.pubsub.v1.IGetTopicRequest | protos.google.pubsub.v1.IDeleteTopicRequest;

/** The methods of google.pubsub.v1.Publisher. Those that are missing here answer UNIMPLEMENTED. */
export function publisherMethods(state: BrokerState, unary: Unary): UntypedServiceImplementation {
  return {
    CreateTopic: unary('CreateTopic', (resource: TopicResource) => state.createTopic(resource)),
    GetTopic: unary('GetTopic', ({ topic }: TopicRequest) => state.topic(topic ?? '')),
    DeleteTopic: unary('DeleteTopic', ({ topic }: TopicRequest) => {
      state.deleteTopic(topic ?? '');
      return {};
    }),
    ListTopics: unary('ListTopics', (request: ListTopicsRequest) => {
      const ofProject = state.topics().filter(({ name }) => name?.startsWith(`${request.project ?? ''}/`));
      const { items, nextPageToken } = page(ofProject, request);
      return { topics: items, nextPageToken };
    }),
    ListTopicSubscriptions: unary('ListTopicSubscriptions', (request: ListTopicSubscriptionsRequest) => {
      const { items, nextPageToken } = page(state.topicSubscriptions(request.topic ?? ''), request);
      return { subscriptions: items, nextPageToken };
    }),
    Publish: unary('Publish', (bytes: Buffer) => {
      const { topic, messages } = readPublishRequest(bytes);
      return encodeMessageIds(state.publish(topic, messages), messages.length);
    }),
  };
}
