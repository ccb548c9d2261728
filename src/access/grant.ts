/** What a token lets its bearer do. */
export const SCOPES = ['read', 'write', 'admin'] as const;

export type Scope = (typeof SCOPES)[number];

/** What whoever asks may do, and with which services. */
export interface Grant {
  /** Who it is, for logs: the name of the token. */
  readonly name: string;
  /** Absent: there are no tokens, or it is the one that the settings name. */
  readonly tokenId?: string | undefined;
  readonly scopes: readonly Scope[];
  /**
   * Names of the services that are seen and may be written, as the bearer calls them; `*` stands for any text.
   * Absent: all.
   */
  readonly services?: readonly string[] | undefined;
  /** What the names of its services begin with where they are stored, and not for its bearer. May be empty. */
  readonly prefix: string;
  /** What stored names begin with that belong to the namespaces of others. */
  readonly hidden: readonly string[];
}

/** Everything, for everybody: who asks a server that has no tokens. */
export const OPEN: Grant = { name: 'everybody', scopes: SCOPES, prefix: '', hidden: [] };

/** Nothing: who did not say who he is. */
export const NOBODY: Grant = { name: 'nobody', scopes: [], services: [], prefix: '', hidden: [] };

/** Whether it lets its bearer do this. */
export function mayUse({ scopes }: Grant, scope: Scope): boolean {
  return scopes.includes(scope);
}

/** The name that a service is stored under; undefined if the bearer may have nothing to do with it. */
export function storedService(grant: Grant, name: string): string | undefined {
  if (!isNamed(grant.services, name)) return undefined;
  const stored = grant.prefix + name;
  return isForeign(grant, stored) ? undefined : stored;
}

/** The name that a stored service has for the bearer; undefined if he may not see it. */
export function shownService(grant: Grant, stored: string): string | undefined {
  if (!stored.startsWith(grant.prefix) || isForeign(grant, stored)) return undefined;
  const name = stored.slice(grant.prefix.length);
  return isNamed(grant.services, name) ? name : undefined;
}

/** Whether every service is seen, under its own name. */
export function seesAll({ services, prefix, hidden }: Grant): boolean {
  return services === undefined && prefix === '' && hidden.length === 0;
}

/** Whether it is for all services, but for those of namespaces: who sees a part must not give himself the rest. */
export function isWhole({ services, prefix }: Grant): boolean {
  return services === undefined && prefix === '';
}

function isForeign({ prefix, hidden }: Grant, stored: string): boolean {
  // One within which the bearer's own lies is not foreign to him.
  return hidden.some((other) => !prefix.startsWith(other) && stored.startsWith(other));
}

function isNamed(patterns: readonly string[] | undefined, name: string): boolean {
  return patterns === undefined || patterns.some((pattern) => fits(pattern.split('*'), name));
}

/** Whether a name has the pieces in this order, the first at its beginning, the last at its end. */
function fits(pieces: readonly string[], name: string): boolean {
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
