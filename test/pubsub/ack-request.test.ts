import { protos } from '@google-cloud/pubsub';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { acknowledgeRequest, modifyDeadlineRequest, textAckId } from '../../src/pubsub/ack-request.ts';
import { receivedMessages } from '../support/received.ts';

const { AcknowledgeRequest, ModifyAckDeadlineRequest } = protos.google.pubsub.v1;
const SUBSCRIPTION = 'projects/lms/subscriptions/log-sub';
const ACK_IDS = fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 300 }));

it('what is acknowledged is read by the client library as it was received', () => {
  fc.assert(
    fc.property(ACK_IDS, (ackIds) => {
      const messages = receivedMessages(ackIds.map((ackId) => ({ ackId, message: {} })));
      const request = AcknowledgeRequest.decode(acknowledgeRequest(SUBSCRIPTION, messages));
      expect(request.toJSON()).toEqual(
        AcknowledgeRequest.create({ subscription: SUBSCRIPTION, ackIds }).toJSON(),
      );
    }),
  );
});

it('so is what is extended or given back', () => {
  fc.assert(
    fc.property(ACK_IDS, fc.integer({ min: 0, max: 600 }), (ackIds, ackDeadlineSeconds) => {
      const bytes = modifyDeadlineRequest(SUBSCRIPTION, ackIds.map(textAckId), ackDeadlineSeconds);
      const request = ModifyAckDeadlineRequest.decode(bytes);
      expect(request.subscription).toBe(SUBSCRIPTION);
      expect(request.ackIds).toEqual(ackIds);
      expect(request.ackDeadlineSeconds).toBe(ackDeadlineSeconds);
    }),
  );
});
