import type { protos } from '@google-cloud/pubsub';
import { Metadata, status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Clock } from '../../pipeline/ports.ts';
import type { Dispatchers } from '../delivery/dispatchers.ts';
import type { Subscription } from '../delivery/subscription.ts';
import { readAcknowledgeRequest } from '../encoding/acknowledge-request.ts';
import { encodeReceivedMessages } from '../encoding/received-messages.ts';
import type { Faults } from '../faults.ts';
import { checkAckIds } from '../limits.ts';
import { failedStatus, invalid, notFound, Refusal, unimplemented } from '../refusal.ts';
import type { BrokerState } from '../state.ts';
import { durationMs, type SubscriptionResource } from '../subscription-resource.ts';
import { page } from './pages.ts';
import { acknowledgeEach, modifyAckDeadline } from './settling.ts';
import {
  endStream,
  StreamConsumer,
  type StreamingPullCall,
  type StreamingPullRequest,
} from './streaming-pull.ts';
import type { Unary } from './unary.ts';
import { WaitingPull } from './waiting-pull.ts';

type ListSubscriptionsRequest = protos.google.pubsub.v1.IListSubscriptionsRequest;
type ModifyAckDeadlineRequest = protos.google.pubsub.v1.IModifyAckDeadlineRequest;
type PullRequest = protos.google.pubsub.v1.IPullRequest;
type SeekRequest = protos.google.pubsub.v1.ISeekRequest;
type SubscriptionRequest =
  protos.google.pubsub.v1.IGetSubscriptionRequest | protos.google.pubsub.v1.IDeleteSubscriptionRequest;

/** What the methods work on. */
export interface SubscriberParts {
  readonly state: BrokerState;
  readonly dispatchers: Dispatchers;
  readonly faults: Faults;
  readonly clock: Clock;
  readonly unary: Unary;
}

/** How long a Pull waits for a message before it answers with none. */
const PULL_WAIT_MS = 2_000;
const PULL_MESSAGES = 1_000;

/** The methods of google.pubsub.v1.Subscriber. Those that are missing here answer UNIMPLEMENTED. */
export function subscriberMethods(parts: SubscriberParts): UntypedServiceImplementation {
  return { ...resourceMethods(parts), ...messageMethods(parts) };
}

function resourceMethods({ state, dispatchers, unary }: SubscriberParts): UntypedServiceImplementation {
  return {
    CreateSubscription: unary('CreateSubscription', (resource: SubscriptionResource) =>
      state.createSubscription(resource),
    ),
    GetSubscription: unary('GetSubscription', ({ subscription }: SubscriptionRequest) =>
      state.subscriptionResource(subscription ?? ''),
    ),
    DeleteSubscription: unary('DeleteSubscription', ({ subscription }: SubscriptionRequest) => {
      const deleted = state.deleteSubscription(subscription ?? '');
      dispatchers.remove(deleted, notFound(deleted.name));
      return {};
    }),
    ListSubscriptions: unary('ListSubscriptions', (request: ListSubscriptionsRequest) => {
      const all = state.subscriptionResources();
      const ofProject = all.filter(({ name }) => name?.startsWith(`${request.project ?? ''}/`));
      const { items, nextPageToken } = page(ofProject, request);
      return { subscriptions: items, nextPageToken };
    }),
  };
}

function messageMethods(parts: SubscriberParts): UntypedServiceImplementation {
  const { state, clock, unary } = parts;
  return {
    Pull: unary('Pull', (request: PullRequest) => pull(parts, request)),
    StreamingPull: (call: StreamingPullCall) => {
      openStream(parts, call);
    },
    Acknowledge: unary('Acknowledge', (bytes: Buffer, { swallow }) => {
      const request = readAcknowledgeRequest(bytes);
      const subscription = state.subscription(request.subscription);
      if (request.isEmpty) throw invalid('No ack ids specified.');
      if (swallow === true) return {};
      if (subscription.exactlyOnce || subscription.ordered)
        acknowledgeEach({ subscription, clock }, request.texts());
      else subscription.ack(request.numbers(subscription.ackIds), clock.now());
      return {};
    }),
    ModifyAckDeadline: unary('ModifyAckDeadline', (request: ModifyAckDeadlineRequest) => {
      const subscription = state.subscription(request.subscription ?? '');
      const ackIds = request.ackIds ?? [];
      if (ackIds.length === 0) throw invalid('No ack ids specified.');
      checkAckIds(ackIds);
      modifyAckDeadline({ subscription, clock }, ackIds, request.ackDeadlineSeconds ?? 0);
      return {};
    }),
    Seek: unary('Seek', ({ subscription, time, snapshot }: SeekRequest) => {
      if (snapshot) throw unimplemented('snapshots');
      if (!time) throw invalid('No target was specified in the SeekRequest: neither a time nor a snapshot.');
      state.seek(subscription ?? '', durationMs(time) ?? 0);
      return {};
    }),
  };
}

async function pull({ state, dispatchers, clock }: SubscriberParts, request: PullRequest): Promise<Buffer> {
  const subscription = pulled(state, request.subscription ?? '');
  const { ackDeadlineSeconds } = state.settings(subscription.name);
  const maxMessages = request.maxMessages ?? 0;
  if (maxMessages <= 0) throw invalid('No max_messages specified');
  const dispatcher = dispatchers.of(subscription);
  const consumer = new WaitingPull(Math.min(maxMessages, PULL_MESSAGES), ackDeadlineSeconds);
  if (!dispatcher.serve(consumer)) {
    if (request.returnImmediately === true) return Buffer.alloc(0);
    dispatcher.join(consumer);
  }
  const cancel = clock.schedule(PULL_WAIT_MS, () => {
    if (consumer.holder.messages === 0) consumer.deliver([]);
  });
  try {
    const leases = await consumer.leases;
    return encodeReceivedMessages(leases, subscription.ackIds, subscription.deadLetterRule !== undefined);
  } finally {
    cancel();
    dispatcher.leave(consumer);
  }
}

/** Refuses a subscription whose messages are pushed. */
function pulled(state: BrokerState, name: string): Subscription {
  const { pushConfig } = state.settings(name).resource;
  if (pushConfig?.pushEndpoint)
    throw new Refusal(status.FAILED_PRECONDITION, 'This method is not supported for this subscription type.');
  return state.subscription(name);
}

function openStream({ state, dispatchers, faults, clock }: SubscriberParts, call: StreamingPullCall): void {
  const { refuseWith, afterHeaders } = faults.takeCallFault('StreamingPull');
  if (refuseWith !== undefined) {
    if (afterHeaders) call.sendMetadata(new Metadata());
    endStream(call, refuseWith);
    return;
  }
  let stream: StreamConsumer | undefined;
  const open = (first: StreamingPullRequest): StreamConsumer => {
    if (!first.subscription) throw invalid('first message must set subscription');
    const subscription = pulled(state, first.subscription);
    return new StreamConsumer(call, { subscription, dispatcher: dispatchers.of(subscription), clock }, first);
  };
  call.on('data', (request: StreamingPullRequest) => {
    try {
      if (stream === undefined) stream = open(request);
      else stream.update(request);
    } catch (error) {
      stream?.leave();
      endStream(call, failedStatus(error));
    }
  });
  call.on('end', () => {
    stream?.leave();
    call.end();
  });
  call.on('cancelled', () => stream?.leave());
}
