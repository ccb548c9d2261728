import type { ServerResponse } from 'node:http';

/** Why a request is given up that nobody waits for any more: no fault of anybody's. */
export class RequesterGone extends Error {
  constructor() {
    super('whoever asked has gone');
  }
}

/**
 * Aborted once a request is over, whoever asked has gone, or `ending` is aborted. By hand: making a signal with
 * `AbortSignal.any` and listening to it costs several times as much.
 */
export function requestSignal(
  response: Pick<ServerResponse, 'closed' | 'once'>,
  ending: AbortSignal,
): AbortSignal {
  // Who has gone already does not go again.
  if (ending.aborted || response.closed) return ending;
  const leaving = new AbortController();
  const onEnd = () => {
    leaving.abort(ending.reason);
  };
  ending.addEventListener('abort', onEnd);
  response.once('close', () => {
    ending.removeEventListener('abort', onEnd);
    leaving.abort(new RequesterGone());
  });
  return leaving.signal;
}
