import { signal } from '@preact/signals';

/** The day of the first line in sight, as the head of the list says it. */
export const dayInSight = signal('');
