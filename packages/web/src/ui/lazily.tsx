import { signal } from '@preact/signals';
import type { ComponentChild, ComponentType, JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { loadPart } from '../api/parts.ts';
import { text } from '../text.ts';

/** A component whose code is loaded when it is first shown; `meanwhile` stands where it will be. */
export function lazily<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  meanwhile: ComponentChild = <p aria-busy="true">{text.entry.loading}</p>,
): (props: Props) => JSX.Element {
  const loaded = signal<ComponentType<Props> | undefined>(undefined);
  const hasFailed = signal(false);
  const begin = async () => {
    hasFailed.value = false;
    try {
      loaded.value = await loadPart(load);
    } catch {
      // The server has another page by now.
      hasFailed.value = true;
    }
  };
  return function Lazily(props: Props) {
    useEffect(() => {
      if (loaded.peek() === undefined) void begin();
    }, []);
    const Loaded = loaded.value;
    if (Loaded !== undefined) return <Loaded {...props} />;
    if (!hasFailed.value) return <>{meanwhile}</>;
    return (
      <p role="alert">
        {text.entry.failed}{' '}
        <button type="button" onClick={() => void begin()}>
          {text.pane.tryAgain}
        </button>
      </p>
    );
  };
}
