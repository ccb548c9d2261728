import { effect, type ReadonlySignal, signal } from '@preact/signals';
import { loadPart } from '../api/parts.ts';

/** What `load` brings, once it was wanted for the first time; undefined before. */
export function loadedWhen<Module>(
  isWanted: () => boolean,
  load: () => Promise<Module>,
): ReadonlySignal<Module | undefined> {
  const loaded = signal<Module | undefined>(undefined);
  effect(() => {
    if (!isWanted() || loaded.peek() !== undefined) return;
    loadPart(load).then(
      (module) => (loaded.value = module),
      () => undefined,
    );
  });
  return loaded;
}
