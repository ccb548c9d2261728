import { type ReadonlySignal, signal } from '@preact/signals';

/** A field that was opened or closed by hand. */
export interface OpenField {
  readonly field: string;
  readonly isOpen: boolean;
}

const KEY = 'lms-facets';
const MAX_KEPT = 50;
const kept = signal(read());

/** What was opened and closed in this browser. */
export const openFields: ReadonlySignal<readonly OpenField[]> = kept;

export function setFieldOpen(field: string, isOpen: boolean): void {
  kept.value = [...kept.peek().filter((each) => each.field !== field), { field, isOpen }].slice(-MAX_KEPT);
  try {
    localStorage.setItem(KEY, JSON.stringify(kept.peek()));
  } catch {
    // A browser that keeps nothing opens the usual ones.
  }
}

function read(): readonly OpenField[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(found) ? found.filter(isOpenField) : [];
  } catch {
    return [];
  }
}

function isOpenField(value: unknown): value is OpenField {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'field' in value &&
    typeof value.field === 'string' &&
    'isOpen' in value &&
    typeof value.isOpen === 'boolean'
  );
}
