import { isJsonObject } from '../json.ts';
import { ATTRIBUTES } from '../message.ts';
import type { Rejection } from '../rejection.ts';
import { reject, rejectField } from '../rejection.ts';
import type { Contents, Wrapping } from './format.ts';

const BASE64 = /^[\w+/-]*={0,2}$/;

/**
 * What Pub/Sub posts to the endpoint of a push subscription, published once more: `{"message": {"data":
 * base64, "attributes", "messageId", "publishTime"}, "subscription"}`. The message inside is the event, with
 * the identity and the publish time that it had.
 */
export const pushEnvelope: Wrapping = {
  matches: ({ message, subscription }) =>
    typeof subscription === 'string' &&
    isJsonObject(message) &&
    (message['messageId'] !== undefined || message['message_id'] !== undefined),
  open({ message }, origin): Contents | Rejection {
    if (!isJsonObject(message)) return rejectField('message', message, 'an object');
    const { data = '', messageId = message['message_id'], publishTime = message['publish_time'] } = message;
    if (typeof data !== 'string') return rejectField('message.data', data, 'base64 text');
    if (!BASE64.test(data))
      return reject('wrong_type', 'message.data is no base64 text: it should be the data of a message.');
    if (typeof messageId !== 'string' || messageId === '')
      return rejectField('message.messageId', messageId === '' ? undefined : messageId, 'text');
    return {
      message: {
        messageId,
        publishTime: origin.message.publishTime,
        data: Buffer.from(data, 'base64'),
        attributes: {
          ...(typeof publishTime === 'string' ? { [ATTRIBUTES.originalPublishTime]: publishTime } : {}),
          ...attributesIn(message['attributes']),
        },
      },
    };
  },
};

function attributesIn(value: unknown): Record<string, string> {
  const pairs = Object.entries<unknown>(isJsonObject(value) ? value : {});
  return Object.fromEntries(pairs.filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
}
