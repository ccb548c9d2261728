import type { TailEntry } from '../../../../client/src/types.ts';
import { lazily } from '../../ui/lazily.tsx';

/** An entry, opened in place: its text, its tags, and what can be done with them. */
export const EntryDetails = lazily<{ readonly entry: TailEntry }>(
  async () => (await import('./OpenedLine.tsx')).OpenedLine,
);
