import { useMemo } from 'preact/hooks';
import { payloadWrap } from '../../state/display.ts';
import type { OpenedEntry } from '../../state/lines/opened-entry.ts';
import { text } from '../../text.ts';
import { Button } from '../../ui/Button.tsx';
import type { JsonInPayload } from './json-tree.ts';
import { JsonTreeView } from './JsonTreeView.tsx';
import styles from './Payload.module.css';
import { PayloadText } from './PayloadText.tsx';
import { beginningOf, bytesOf, FIRST_LENGTH, sizeText } from './sizes.ts';

type Seen = Pick<OpenedEntry, 'isRaw' | 'isWhole' | 'view'>;

/** The text of an entry, as what it is: JSON, a stack trace, or lines of a terminal. */
export function Payload({
  payload,
  json,
  opened,
}: {
  readonly payload: string;
  readonly json: JsonInPayload | undefined;
  readonly opened: Seen;
}) {
  const isTree = json !== undefined && !opened.isRaw.value;
  return (
    <section class={styles.payload} aria-label={text.entry.payload}>
      {isTree ? (
        <>
          {json.prefix.trim() !== '' && <PayloadText payload={json.prefix} isWrapped />}
          <JsonTreeView tree={json.tree} view={opened.view} />
        </>
      ) : (
        <Beginning payload={payload} opened={opened} />
      )}
    </section>
  );
}

/** How the text of an entry is shown. */
export function PayloadSwitches({
  hasTree,
  opened: { isRaw },
}: {
  readonly hasTree: boolean;
  readonly opened: Seen;
}) {
  return (
    <>
      {hasTree && (
        <Button isOn={isRaw.value} onClick={() => (isRaw.value = !isRaw.value)}>
          {text.entry.raw}
        </Button>
      )}
      {(!hasTree || isRaw.value) && (
        <Button isOn={isWrapped()} onClick={() => (payloadWrap.value = isWrapped() ? '0' : '1')}>
          {text.entry.wrap}
        </Button>
      )}
    </>
  );
}

function Beginning({
  payload,
  opened: { isWhole },
}: {
  readonly payload: string;
  readonly opened: Pick<OpenedEntry, 'isWhole'>;
}) {
  const isLong = payload.length > FIRST_LENGTH;
  const size = useMemo(() => (isLong ? sizeText(bytesOf(payload)) : ''), [payload]);
  const shown = isWhole.value ? payload : beginningOf(payload, FIRST_LENGTH);
  return (
    <>
      <PayloadText payload={shown} isWrapped={isWrapped()} isCut={shown !== payload} />
      {isLong && (
        <Button isOn={isWhole.value} onClick={() => (isWhole.value = !isWhole.value)}>
          {isWhole.value ? text.entry.showLess : text.entry.showAll(size)}
        </Button>
      )}
    </>
  );
}

function isWrapped(): boolean {
  return payloadWrap.value === '1';
}
