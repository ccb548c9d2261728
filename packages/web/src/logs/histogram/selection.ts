import { signal } from '@preact/signals';

/** The bar that is told of, and the one where a selection began; by their places. */
export interface Selection {
  readonly at: number;
  readonly from: number;
}

export const selection = signal<Selection | undefined>(undefined);

/** The bar that an arrow key leads to. */
export function movedBy(
  key: string,
  {
    current,
    count,
    isSelecting,
  }: { readonly current: Selection | undefined; readonly count: number; readonly isSelecting: boolean },
): Selection | undefined {
  const last = count - 1;
  const at = current?.at ?? last + 1;
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    Home: 0,
    End: last,
  };
  const wanted = steps[key];
  if (wanted === undefined || count === 0) return undefined;
  const moved = Math.max(0, Math.min(last, wanted));
  return { at: moved, from: isSelecting ? (current?.from ?? moved) : moved };
}
