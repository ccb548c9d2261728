import type { AgentLook } from '../../app/agent/run-agent.ts';
import { byteText, count } from '../output/numbers.ts';
import type { ProgressState } from '../output/progress.ts';

/** How far an agent is: a share where all inputs know how much they have, else what is behind. */
export function agentProgress(look: AgentLook, isShared: boolean): ProgressState {
  const { ledger, inputs, outage } = look;
  return { done: ledger.lines, share: isShared ? shareOf(look) : undefined, note: outage ?? noteOf(inputs) };
}

/** What was read is done once it is confirmed: while nobody takes it, it does not look as if it were. */
function shareOf({ inputs, ledger, unconfirmed }: AgentLook): number | undefined {
  let [total, left] = [0, 0];
  for (const { status } of inputs) {
    const { bytesTotal, bytesBehind } = status;
    if (bytesTotal === undefined || bytesBehind === undefined) return undefined;
    total += bytesTotal;
    left += Math.min(bytesBehind, bytesTotal);
  }
  if (total === 0) return undefined;
  const confirmed = unconfirmed === 0 ? 1 : ledger.lines / (ledger.lines + unconfirmed);
  return ((total - left) / total) * confirmed;
}

function noteOf(inputs: AgentLook['inputs']): string | undefined {
  const behind = inputs.reduce((sum, { status }) => sum + (status.bytesBehind ?? 0), 0);
  const failing = inputs.filter(({ status }) => status.state === 'failing').length;
  const notes = [
    ...(inputs.length > 1 ? [`${count(inputs.length)} inputs`] : []),
    ...(behind > 0 ? [`${byteText(behind)} behind`] : []),
    ...(failing > 0 ? [`${count(failing)} failing`] : []),
  ];
  return notes.length === 0 ? undefined : notes.join(', ');
}
