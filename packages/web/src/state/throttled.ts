import { effect, type ReadonlySignal, signal, untracked } from '@preact/signals';

/**
 * What is read from signals, at most so often, for what is told of thousands of changes a second. `changes` reads
 * the signals on which it depends; `read` is called when the time has come.
 */
export function throttled<T>(changes: () => unknown, read: () => T, intervalMs: number): ReadonlySignal<T> {
  const result = signal(read());
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isDue = false;
  const take = () => {
    isDue = false;
    result.value = read();
    timer = setTimeout(() => {
      timer = undefined;
      if (isDue) take();
    }, intervalMs);
  };
  effect(() => {
    changes();
    if (timer === undefined) untracked(take);
    else isDue = true;
  });
  return result;
}
