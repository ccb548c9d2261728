import { useSignal } from '@preact/signals';
import type { TailEntry } from '../../../../client/src/types.ts';
import { address } from '../../state/address.ts';
import { loadExact, type OpenedEntry } from '../../state/lines/opened-entry.ts';
import { text } from '../../text.ts';
import { Button } from '../../ui/Button.tsx';
import { type EntryField, tagFields } from './entry-fields.ts';
import { delayMs, durationText, timeInZone } from './entry-times.ts';
import styles from './EntryFields.module.css';
import { Pieces } from './Pieces.tsx';
import { beginningOf, bytesOf, sizeText } from './sizes.ts';
import { piecesOf } from './text-pieces.ts';
import { ValueMenu } from './ValueMenu.tsx';

/** A longer value is cut until more is asked for. */
const VALUE_LENGTH = 300;

/** All that an entry has beside its text, each with what can be done with it. */
export function EntryFields({
  entry,
  json,
  opened,
}: {
  readonly entry: TailEntry;
  /** With all the digits of its numbers. */
  readonly json: string;
  readonly opened: OpenedEntry;
}) {
  const { problem } = opened.exact;
  const columns = [
    { name: 'severity', value: entry.severity, isAskable: true },
    { name: 'service', value: entry.service_name, isAskable: true },
  ];
  return (
    <>
      {problem.value !== undefined && (
        <p class={styles.problem} role="alert">
          {text.entry.exactFailed} {problem.value.detail}{' '}
          <Button onClick={() => loadExact(entry.id, opened)}>{text.pane.tryAgain}</Button>
        </p>
      )}
      <table class={styles.fields} aria-label={text.entry.fields}>
        <tbody>
          {[...columns, ...tagFields(json)].map((field, at) => (
            <FieldRow key={`${field.name} ${at}`} field={field} />
          ))}
          <TimeRows entry={entry} />
          <FieldRow field={{ name: 'event_id', value: entry.event_id, isAskable: true }} />
          <FieldRow field={{ name: 'id', value: entry.id, isAskable: false }} />
        </tbody>
      </table>
    </>
  );
}

function TimeRows({ entry }: { readonly entry: TailEntry }) {
  const { timestamp, created_at: createdAt } = entry;
  const delay = createdAt === undefined ? undefined : delayMs(timestamp, createdAt);
  const zone = address.value.tz;
  return (
    <>
      <tr>
        <th scope="row">{text.entry.time}</th>
        <td class={styles.menu}>
          <ValueMenu field={text.entry.time} value={timestamp} isAskable={false} />
        </td>
        <td class={styles.value}>
          {timeInZone(timestamp, zone)} <span class={styles.also}>{zone}</span>
        </td>
      </tr>
      <tr>
        <th scope="row">{text.entry.stored}</th>
        <td class={styles.menu}>
          {createdAt !== undefined && (
            <ValueMenu field={text.entry.stored} value={createdAt} isAskable={false} />
          )}
        </td>
        <td class={styles.value}>{delay === undefined ? text.entry.notStored : delayText(delay)}</td>
      </tr>
    </>
  );
}

function delayText(delay: number): string {
  return delay < 0 ? text.entry.earlier(durationText(delay)) : text.entry.later(durationText(delay));
}

function FieldRow({ field: { name, value, isAskable } }: { readonly field: EntryField }) {
  return (
    <tr>
      <th scope="row">
        <Pieces pieces={piecesOf(name, { isOneLine: true })} />
      </th>
      <td class={styles.menu}>
        <ValueMenu field={name} value={value} isAskable={isAskable} />
      </td>
      <td class={styles.value}>
        {value === '' ? <em class={styles.also}>{text.entry.empty}</em> : <Value value={value} />}
      </td>
    </tr>
  );
}

function Value({ value }: { readonly value: string }) {
  const isWhole = useSignal(false);
  const beginning = isWhole.value ? value : beginningOf(value, VALUE_LENGTH);
  return (
    <>
      <Pieces pieces={piecesOf(beginning)} />
      {value.length > VALUE_LENGTH && (
        <>
          {beginning !== value && '… '}
          <Button isQuiet onClick={() => (isWhole.value = !isWhole.value)}>
            {isWhole.value ? text.entry.showLess : text.entry.showAll(sizeText(bytesOf(value)))}
          </Button>
        </>
      )}
    </>
  );
}
