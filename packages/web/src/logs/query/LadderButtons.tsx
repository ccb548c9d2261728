import { address } from '../../state/address.ts';
import { ALL, LADDER, type Times } from '../../state/question/ladder.ts';
import { setTimes } from '../../state/question/range.ts';
import { text } from '../../text.ts';
import { Button } from '../../ui/Button.tsx';
import { closePopover } from '../../ui/close-popover.ts';
import styles from './TimePicker.module.css';

/** The ranges up to now. */
export function LadderButtons() {
  const { since, until } = address.value;
  const choices: readonly { readonly name: string; readonly times: Times }[] = [
    ...LADDER.map((age) => ({ name: age, times: { since: age, until: undefined } })),
    { name: text.time.all, times: ALL },
  ];
  return (
    <fieldset class={styles.group}>
      <legend>{text.time.relative}</legend>
      <div class={styles.ladder}>
        {choices.map(({ name, times }) => (
          <Button
            key={name}
            isOn={times.since === since && until === undefined}
            onClick={(event) => {
              setTimes(times);
              closePopover(event);
            }}
          >
            {name}
          </Button>
        ))}
      </div>
    </fieldset>
  );
}
