import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { address, BROWSER_ZONE } from '../../state/address.ts';
import { isKnownZone } from '../../state/question/time-text.ts';
import { setZone, zoneNames } from '../../state/question/zones.ts';
import { text } from '../../text.ts';
import { Button } from '../../ui/Button.tsx';
import styles from './TimePicker.module.css';

/** The zone that times are read and shown in. */
export function ZoneChoice() {
  const id = useId();
  const isWrong = useSignal(false);
  const { tz } = address.value;
  const choose = (zone: string) => {
    isWrong.value = !isKnownZone(zone);
    if (!isWrong.value) setZone(zone);
  };
  return (
    <fieldset class={styles.group}>
      <legend>{text.time.zone}</legend>
      <div class={styles.ladder}>
        <Button isOn={tz === 'UTC'} onClick={() => choose('UTC')}>
          UTC
        </Button>
        {BROWSER_ZONE !== 'UTC' && (
          <Button isOn={tz === BROWSER_ZONE} onClick={() => choose(BROWSER_ZONE)}>
            {text.time.browserZone(BROWSER_ZONE)}
          </Button>
        )}
        <ZoneField id={id} isWrong={isWrong.value} choose={choose} />
      </div>
      {isWrong.value && (
        <p id={`${id}-mistake`} class={styles.mistake} role="status">
          {text.time.zoneUnknown}
        </p>
      )}
    </fieldset>
  );
}

function ZoneField({
  id,
  isWrong,
  choose,
}: {
  readonly id: string;
  readonly isWrong: boolean;
  readonly choose: (zone: string) => void;
}) {
  return (
    <>
      <input
        class={styles.input}
        value={address.value.tz}
        list={`${id}-zones`}
        aria-label={text.time.zone}
        aria-invalid={isWrong}
        aria-describedby={isWrong ? `${id}-mistake` : undefined}
        autocomplete="off"
        spellcheck={false}
        onChange={({ currentTarget }) => choose(currentTarget.value.trim())}
      />
      <datalist id={`${id}-zones`}>
        {zoneNames().map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}
