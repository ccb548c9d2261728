import type { handleUnaryCall } from '@grpc/grpc-js';
import type { Clock } from '../../pipeline/ports.ts';
import type { CallFault, Faults, MethodName } from '../faults.ts';
import { failedStatus, Refusal } from '../refusal.ts';

/** Wraps what a unary method does as gRPC wants it: refusals become statuses, and planned faults happen. */
export type Unary = <Request, Response>(
  method: MethodName,
  answer: (request: Request, fault: CallFault) => Response | Promise<Response>,
) => handleUnaryCall<Request, Response>;

export function unaryWith(faults: Faults, clock: Clock): Unary {
  return (method, answer) => (call, callback) => {
    const fault = faults.takeCallFault(method);
    const run = async () => {
      if (fault.refuseWith) throw new Refusal(fault.refuseWith.code, fault.refuseWith.details);
      const response = await answer(call.request, fault);
      if (fault.delayMs) await pass(fault.delayMs, clock);
      if (fault.loseAnswerWith) throw new Refusal(fault.loseAnswerWith.code, fault.loseAnswerWith.details);
      return response;
    };
    run().then(
      (response) => {
        callback(null, response);
      },
      (error: unknown) => {
        callback(failedStatus(error));
      },
    );
  };
}

function pass(delayMs: number, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    if (delayMs !== Infinity) clock.schedule(delayMs, resolve);
  });
}
