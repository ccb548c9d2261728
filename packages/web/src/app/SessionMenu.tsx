import { who } from '../state/session.ts';
import { text } from '../text.ts';
import { lazily } from '../ui/lazily.tsx';
import { Popover } from '../ui/Popover.tsx';
import styles from './SessionMenu.module.css';

const Reader = lazily(async () => (await import('./Reader.tsx')).Reader);

/** The name that the server gives to those who need none. */
const EVERYBODY = 'everybody';

/** Who reads this page, and what he may. */
export function SessionMenu() {
  const reader = who.value;
  if (reader === undefined) return null;
  const isEverybody = reader.name === EVERYBODY;
  const name = isEverybody ? text.session.everybody : reader.name;
  return (
    <Popover
      isQuiet
      label={`${text.session.label}: ${name}`}
      content={isEverybody ? <p>{text.session.everybodyMay}</p> : <Reader reader={reader} />}
    >
      <span aria-hidden="true">◉</span>
      <span class={styles.name}>{name}</span>
    </Popover>
  );
}
