import { address, go } from '../../state/address.ts';
import { text } from '../../text.ts';
import { Button } from '../../ui/Button.tsx';
import styles from './ColumnMenu.module.css';

/** What can be done with a column. */
export function ColumnMenu({ name, at }: { readonly name: string; readonly at: number }) {
  const { columns } = address.value;
  return (
    <div class={styles.menu}>
      <Button isQuiet isDisabled={at === 0} onClick={() => move(name, at - 1)}>
        {text.lines.moveLeft}
      </Button>
      <Button isQuiet isDisabled={at === columns.length - 1} onClick={() => move(name, at + 1)}>
        {text.lines.moveRight}
      </Button>
      <Button isQuiet onClick={() => go({ columns: without(name) })}>
        {text.lines.removeColumn}
      </Button>
    </div>
  );
}

function without(name: string): readonly string[] {
  return address.peek().columns.filter((each) => each !== name);
}

function move(name: string, to: number): void {
  go({ columns: without(name).toSpliced(to, 0, name) });
}
