import type { AgentReport, InputReport } from '../../agent/agent.ts';
import type { AgentLedger } from '../../agent/ledger.ts';
import { visible } from '../../text/visible.ts';
import { byteText, count, ratePerSecond, seconds } from '../output/numbers.ts';
import { formatTable } from '../output/table.ts';

/** What became of all lines, for a person: sums that add up, and a line for each input if there are several. */
export function summaryText(report: AgentReport, elapsedMs: number, columns: number | undefined): string {
  const { ledger, inputs } = report;
  const lines = [
    `${some(ledger.lines, 'line')} = ${partsOfLines(ledger).join(' + ')}`,
    `${some(ledger.entries, 'entry', 'entries')} = ${count(ledger.sent)} sent + ${count(ledger.refused)} refused`,
    `in ${seconds(elapsedMs)} (${ratePerSecond(ledger.lines, elapsedMs)})`,
    ...inputs.flatMap(unconfirmedText),
    ...inputs.flatMap(spooledText),
    ...inputs.flatMap(lostText),
    ...inputs.filter(isCutShort).map(cutShortText),
  ];
  const table = inputs.length > 1 ? `\n${tableOf(inputs, columns)}` : '';
  return `${lines.join('\n')}\n${table}`;
}

/** The same for a program. */
export function summaryJson({ ledger, inputs, unconfirmed }: AgentReport, elapsedMs: number): object {
  return {
    ...ledger,
    unconfirmed,
    elapsedMs: Math.round(elapsedMs),
    inputs: inputs.map(
      ({ status: { name, state, reason, format, counters }, ledger: own, unconfirmed: left }) => ({
        input: name,
        state,
        reason,
        format,
        ...own,
        unconfirmed: left,
        counters,
      }),
    ),
  };
}

function partsOfLines({ read, unparsed, joined, leftOut }: AgentLedger): string[] {
  return [
    `${count(read)} read`,
    `${count(unparsed)} kept as text`,
    `${count(joined)} joined to others`,
    `${count(leftOut)} left out (blank, headers)`,
  ];
}

function unconfirmedText({ status: { name }, unconfirmed, isKept }: InputReport): string[] {
  if (unconfirmed === 0) return [];
  const fate = isKept ? 'the next run sends them' : 'they may be lost';
  return [`${name}: ${some(unconfirmed, 'more entry', 'more entries')} not confirmed: ${fate}`];
}

/** What is in a spool and was not handed over: of files it is what they have, which is not left to anybody. */
function spooledText({ status: { name, bytesBehind = 0, counters } }: InputReport): string[] {
  if (bytesBehind === 0 || counters['spooled_bytes'] === undefined) return [];
  return [`${name}: ${byteText(bytesBehind)} more in its spool: the next run sends them`];
}

function lostText({ status: { name, counters } }: InputReport): string[] {
  const { lost_lines: lines = 0, lost_bytes: bytes = 0 } = counters;
  if (lines === 0) return [];
  return [`${name}: ${some(lines, 'line')} (${byteText(bytes)}) lost: there was no room for them`];
}

/** Whether it has ended, and not all of it could be read. */
export function isCutShort({ status: { state, reason } }: InputReport): boolean {
  return state === 'ended' && reason !== undefined;
}

function cutShortText({ status: { name, reason = '' } }: InputReport): string {
  return visible(`${name}: could not be read whole: ${reason}`);
}

const HEADINGS = ['INPUT', 'STATE', 'FORMAT', 'LINES', 'SENT', 'REFUSED', 'AS TEXT'];

function tableOf(inputs: readonly InputReport[], columns: number | undefined): string {
  const rows = inputs.map(
    ({ status: { name, state, format }, ledger: { lines, sent, refused, unparsed } }) => {
      return [name, state, format ?? '-', lines, sent, refused, unparsed];
    },
  );
  return formatTable(HEADINGS, rows, { columns });
}

function some(amount: number, one: string, several = `${one}s`): string {
  return `${count(amount)} ${amount === 1 ? one : several}`;
}
