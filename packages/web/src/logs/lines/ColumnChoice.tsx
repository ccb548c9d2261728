import { useEffect, useRef } from 'preact/hooks';
import { address, go } from '../../state/address.ts';
import { entries } from '../../state/lines/lines.ts';
import { fieldNames } from '../../state/question/fields.ts';
import { throttled } from '../../state/throttled.ts';
import { text } from '../../text.ts';
import { Button } from '../../ui/Button.tsx';
import styles from './ColumnMenu.module.css';

/** So many of the lines are looked at for the names of their tags. */
const LOOKED_AT = 300;
const INTERVAL_MS = 2_000;

const names = throttled(
  () => entries.value,
  // The newest alone: it is a list to choose from, and every name can be written.
  () => fieldNames(entries.peek().slice(-LOOKED_AT)),
  INTERVAL_MS,
);

/** Columns to add: those that the lines have, and any other by its name. */
export function ColumnChoice() {
  const input = useRef<HTMLInputElement>(null);
  const { columns } = address.value;
  // It is made, and may be loaded, after its panel was opened to write in it.
  useEffect(() => input.current?.focus(), []);
  const add = (event: Event) => {
    event.preventDefault();
    if (input.current === null) return;
    addColumn(input.current.value.trim());
    input.current.value = '';
  };
  return (
    <div class={styles.menu}>
      <form class={styles.form} onSubmit={add}>
        <input ref={input} aria-label={text.lines.columnName} placeholder={text.lines.columnName} />
        <Button onClick={add}>{text.lines.add}</Button>
      </form>
      <div class={styles.names}>
        {names.value
          .filter((name) => !columns.includes(name))
          .map((name) => (
            <Button key={name} isQuiet onClick={() => addColumn(name)}>
              {name}
            </Button>
          ))}
      </div>
    </div>
  );
}

function addColumn(name: string): void {
  const { columns } = address.peek();
  // A comma parts them in the address.
  if (name === '' || name.includes(',') || columns.includes(name)) return;
  go({ columns: [...columns, name] });
}
