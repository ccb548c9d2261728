import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { LmsError } from '../../src/errors/catalogue.ts';
import { isTransient, pubsubError, statusOf } from '../../src/pubsub/errors.ts';

const TOPIC = 'projects/lms/topics/log-topic';

function callError(code: number, details: string): Error {
  return Object.assign(new Error(`${code} SOMETHING: ${details}`), { code, details });
}

describe('a failed call', () => {
  it.each([
    [status.UNAVAILABLE, 'PUBSUB_UNREACHABLE'],
    [status.DEADLINE_EXCEEDED, 'PUBSUB_UNREACHABLE'],
    [status.NOT_FOUND, 'PUBSUB_NOT_FOUND'],
    [status.PERMISSION_DENIED, 'PUBSUB_DENIED'],
    [status.UNAUTHENTICATED, 'PUBSUB_DENIED'],
    [status.INVALID_ARGUMENT, 'PUBSUB_FAILED'],
    [status.RESOURCE_EXHAUSTED, 'PUBSUB_FAILED'],
  ])('with status %i is a %s', (code, expected) => {
    expect(pubsubError(callError(code, 'why'), `publish to ${TOPIC}`)).toMatchObject({
      code: expected,
      message: `cannot publish to ${TOPIC}: why`,
    });
  });

  it('names what does not exist', () => {
    const error = callError(status.NOT_FOUND, 'Resource not found (resource=log-topic).');
    expect(pubsubError(error, 'publish', `topic ${TOPIC}`).message).toBe(`topic ${TOPIC} does not exist`);
  });

  it('says on one line what the connection failed of', () => {
    const details =
      'No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:1. Resolution note: ';
    expect(pubsubError(callError(status.UNAVAILABLE, details), 'read').message).toBe(
      'cannot read: connect ECONNREFUSED 127.0.0.1:1',
    );
    expect(pubsubError(new Error('two\n  lines'), 'read').message).toBe('cannot read: two lines');
  });

  it('for want of credentials is a denial', () => {
    expect(pubsubError(new Error('Could not load the default credentials.'), 'sign in').code).toBe(
      'PUBSUB_DENIED',
    );
  });

  it('that was explained before stays as it is', () => {
    const error = new LmsError('INPUT', 'too large');
    expect(pubsubError(error, 'publish')).toBe(error);
  });
});

describe('whether a call may pass if it is made again', () => {
  it.each([1, 2, 4, 8, 10, 13, 14])('status %i: yes', (code) => {
    expect(isTransient(callError(code, ''))).toBe(true);
  });

  it.each([3, 5, 6, 7, 9, 12, 16])('status %i: no', (code) => {
    expect(isTransient(callError(code, ''))).toBe(false);
  });

  it.each([new Error('no call'), { code: 'ECONNREFUSED' }, 'closed', undefined])(
    '%s without a status: no',
    (error) => {
      expect(statusOf(error)).toBeUndefined();
      expect(isTransient(error)).toBe(false);
    },
  );
});
