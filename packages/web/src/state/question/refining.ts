import { loadPart } from '../../api/parts.ts';
import { address } from '../address.ts';
import { loadedWhen } from '../loaded.ts';
import { goToExpression } from './expression.ts';
import type { Refinement } from './refine.ts';

/** What reads an expression, once there is one. */
export const reader = loadedWhen(
  () => address.value.q !== '',
  () => import('./refine.ts'),
);

/** Asks for a value of a field, too, or for all but it. */
export async function askFor(refinement: Refinement): Promise<void> {
  const { refine } = await loadPart(() => import('./refine.ts'));
  goToExpression(refine(address.peek().q, refinement));
}

/** Does not ask for or against a value any more. */
export async function askWithout(field: string, value: string): Promise<void> {
  const { without } = await loadPart(() => import('./refine.ts'));
  goToExpression(without(address.peek().q, field, value));
}
