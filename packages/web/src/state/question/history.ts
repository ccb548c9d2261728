const KEY = 'lms-expressions';
const MAX_KEPT = 20;

/** The expressions that were asked in this browser, the newest first. */
export function recentExpressions(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((each) => typeof each === 'string') : [];
  } catch {
    return [];
  }
}

/** Keeps an expression that is asked. */
export function keepExpression(q: string): void {
  if (q === '') return;
  const kept = [q, ...recentExpressions().filter((each) => each !== q)].slice(0, MAX_KEPT);
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // A browser that keeps nothing has no history.
  }
}
