import type { RefObject } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { useKeys } from '../../app/keys.ts';
import { active, closeOptions, isOpen, offer, options } from '../../state/question/completing.ts';
import type { Option } from '../../state/question/completion.ts';
import { ask, clearExpression, draft, mistake, write } from '../../state/question/expression.ts';
import { text } from '../../text.ts';
import { lazily } from '../../ui/lazily.tsx';
import { pressInBox } from './expression-keys.ts';
import styles from './ExpressionBox.module.css';
import { MistakeMarks } from './MistakeMarks.tsx';

const CompletionList = lazily(async () => (await import('./CompletionList.tsx')).CompletionList, null);

/** Where the expression is written: a combobox of names, values and what was asked before. */
export function ExpressionBox() {
  const id = useId();
  const box = useRef<HTMLInputElement>(null);
  useKeys([{ key: '/', does: text.query.focusKey, press: () => box.current?.focus() }]);
  useEffect(() => closeOptions, []);
  const take = (option: Option) => takeOption(box.current, option);
  const wrong = mistake.value;
  return (
    <div class={styles.box}>
      <MistakeMarks text={draft.value} mistake={wrong} box={box} />
      <BoxInput id={id} box={box} take={take} />
      {draft.value !== '' && (
        <button type="button" class={styles.clear} aria-label={text.query.clear} onClick={clearExpression}>
          ✕
        </button>
      )}
      <button type="button" class={styles.ask} onClick={() => void ask()}>
        {text.query.ask}
      </button>
      {isListShown() && <CompletionList id={id} take={take} />}
      {wrong && (
        <p id={`${id}-mistake`} class={styles.mistake} role="status">
          {wrong.reason}
        </p>
      )}
    </div>
  );
}

function BoxInput({
  id,
  box,
  take,
}: {
  readonly id: string;
  readonly box: RefObject<HTMLInputElement | null>;
  readonly take: (option: Option) => void;
}) {
  const isShown = isListShown();
  const wrong = mistake.value;
  return (
    <input
      ref={box}
      class={styles.input}
      type="text"
      role="combobox"
      value={draft.value}
      placeholder={text.query.placeholder}
      aria-label={text.query.expression}
      aria-autocomplete="list"
      aria-expanded={isShown}
      aria-controls={`${id}-list`}
      aria-activedescendant={isShown && active.value >= 0 ? `${id}-${String(active.value)}` : undefined}
      aria-invalid={wrong !== undefined}
      aria-describedby={wrong && `${id}-mistake`}
      autocomplete="off"
      autocapitalize="off"
      spellcheck={false}
      enterkeyhint="search"
      onInput={({ currentTarget }) => {
        write(currentTarget.value);
        offerHere(currentTarget);
      }}
      onClick={({ currentTarget }) => offerHere(currentTarget)}
      onBlur={closeOptions}
      onKeyDown={(event) => pressInBox(event, take)}
    />
  );
}

function isListShown(): boolean {
  return isOpen.value && options.value.length > 0;
}

function offerHere(box: HTMLInputElement): void {
  offer(box.value, box.selectionStart ?? box.value.length);
}

/** Puts it into the expression. A name waits for its value; everything else is asked at once. */
function takeOption(box: HTMLInputElement | null, option: Option): void {
  write(option.text);
  if (box !== null) {
    box.value = option.text;
    box.setSelectionRange(option.cursor, option.cursor);
  }
  if (option.kind === 'name' && box !== null) {
    offerHere(box);
    return;
  }
  closeOptions();
  void ask(option.text);
}
