import { LadderButtons } from './LadderButtons.tsx';
import styles from './TimePicker.module.css';
import { TypedTimes } from './TypedTimes.tsx';
import { ZoneChoice } from './ZoneChoice.tsx';

/** Every way to choose times. */
export function TimePanel() {
  return (
    <div class={styles.panel}>
      <LadderButtons />
      <TypedTimes />
      <ZoneChoice />
    </div>
  );
}
