import type { Output } from '../../app/logging.ts';
import type { tokenReport } from '../../export/tokens.ts';
import { formatTable } from './table.ts';

const HEAD = ['id', 'name', 'state', 'scopes', 'services', 'namespace', 'expires', 'last used'];

/** Tokens as a table. */
export function tokensTable(reports: readonly ReturnType<typeof tokenReport>[], { columns }: Output): string {
  if (reports.length === 0) return 'There are no tokens: `lms token create` makes one.\n';
  const rows = reports.map((token) => [
    token.id,
    token.name,
    token.state,
    token.scopes.join(','),
    token.services?.join(' ') ?? 'all',
    token.namespace ?? '',
    minute(token.expiresAt),
    minute(token.lastUsedAt),
  ]);
  return formatTable(HEAD, rows, { columns });
}

/** `2026-11-25 14:00Z`. */
function minute(time: string | null): string {
  return time === null ? 'never' : `${time.slice(0, 16).replace('T', ' ')}Z`;
}
