import { getEventListeners } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { RequesterGone, requestSignal } from '../../src/http/request-signal.ts';

function response(): ServerResponse {
  return new ServerResponse(new IncomingMessage(new Socket()));
}

it('is aborted when a request is over, and nothing of it stays', () => {
  const ending = new AbortController();
  const asked = response();
  const signal = requestSignal(asked, ending.signal);
  expect(signal.aborted).toBe(false);
  asked.emit('close');
  expect(signal.reason).toEqual(new RequesterGone());
  expect(getEventListeners(ending.signal, 'abort')).toEqual([]);
});

it('is aborted when the server ends, with its reason', () => {
  const ending = new AbortController();
  const signals = [response(), response()].map((each) => requestSignal(each, ending.signal));
  const reason = new Error('the server ends');
  ending.abort(reason);
  expect(signals.map((signal) => signal.reason as unknown)).toEqual([reason, reason]);
  expect(requestSignal(response(), ending.signal).reason).toBe(reason);
});

it('of one that was over before, only the end of the server aborts it', () => {
  const ending = new AbortController();
  const signal = requestSignal(Object.assign(response(), { _closed: true }), ending.signal);
  expect(signal.aborted).toBe(false);
  expect(getEventListeners(ending.signal, 'abort')).toEqual([]);
  ending.abort();
  expect(signal.aborted).toBe(true);
});
