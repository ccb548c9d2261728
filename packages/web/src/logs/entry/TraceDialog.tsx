import { type Signal, useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { traceTemplate } from '../../state/display.ts';
import { text } from '../../text.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { problemOfTemplate, type TemplateProblem } from './trace-link.ts';
import styles from './TraceDialog.module.css';

/** Where traces are shown. */
export function TraceDialog({ close }: { readonly close: () => void }) {
  const written = useSignal(traceTemplate.peek());
  const template = written.value.trim();
  const problem = template === '' ? undefined : problemOfTemplate(template);
  const keep = (value: string) => {
    traceTemplate.value = value;
    close();
  };
  return (
    <Dialog title={text.trace.title} close={close}>
      <form
        class={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (problem === undefined) keep(template);
        }}
      >
        <TemplateField written={written} problem={problem} />
        <div class={styles.buttons}>
          <Button isDisabled={problem !== undefined} onClick={() => keep(template)}>
            {text.trace.save}
          </Button>
          {traceTemplate.value !== '' && <Button onClick={() => keep('')}>{text.trace.remove}</Button>}
        </div>
      </form>
    </Dialog>
  );
}

function TemplateField({
  written,
  problem,
}: {
  readonly written: Signal<string>;
  readonly problem: TemplateProblem | undefined;
}) {
  const id = useId();
  return (
    <>
      <label for={id}>{text.trace.template}</label>
      <input
        id={id}
        class={styles.template}
        spellcheck={false}
        autocomplete="off"
        placeholder={text.trace.example}
        value={written.value}
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-says`}
        onInput={(event) => (written.value = event.currentTarget.value)}
      />
      <p id={`${id}-says`} class={styles.says} data-wrong={problem !== undefined}>
        {problem === undefined ? text.trace.explain : text.trace.problems[problem]}
      </p>
    </>
  );
}
