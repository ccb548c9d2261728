import { useEffect } from 'preact/hooks';
import { active, options } from '../../state/question/completing.ts';
import type { Option } from '../../state/question/completion.ts';
import { text } from '../../text.ts';
import { shownCount } from '../histogram/labels.ts';
import styles from './CompletionList.module.css';

/** What can be written at the cursor. The keys for it are those of the box. */
export function CompletionList({
  id,
  take,
}: {
  readonly id: string;
  readonly take: (option: Option) => void;
}) {
  const at = active.value;
  useEffect(() => {
    document.getElementById(`${id}-${String(at)}`)?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  return (
    <ul id={`${id}-list`} class={styles.list} role="listbox" aria-label={text.query.suggestions}>
      {options.value.map((option, index) => (
        <OptionRow
          key={`${option.kind} ${option.label}`}
          id={`${id}-${String(index)}`}
          option={option}
          isActive={index === at}
          take={take}
        />
      ))}
    </ul>
  );
}

function OptionRow({
  id,
  option,
  isActive,
  take,
}: {
  readonly id: string;
  readonly option: Option;
  readonly isActive: boolean;
  readonly take: (option: Option) => void;
}) {
  const { kind, label, count } = option;
  return (
    <li
      id={id}
      class={styles.option}
      role="option"
      aria-selected={isActive}
      onPointerDown={(event) => {
        // The box keeps the focus.
        event.preventDefault();
      }}
      onClick={() => take(option)}
    >
      <span class={styles.sign} aria-hidden="true">
        {text.query.kinds[kind]}
      </span>
      <span class={styles.label}>{label}</span>
      {count !== undefined && <span class={styles.count}>{shownCount(count)}</span>}
    </li>
  );
}
