import type { StoreOptions, StoreTarget } from './connection-target.ts';
import type { Store } from './store.ts';

/**
 * Opens the database and loads only the library that it needs. Throws `LmsError`: DATABASE_UNREACHABLE,
 * DATABASE_DENIED, DATABASE_MISSING, DATABASE_FAILED or SETTINGS (a certificate that cannot be read). Looks
 * at no table: the caller decides between `migrate` and `requireSchema`.
 */
export async function openStore(target: StoreTarget, options: StoreOptions): Promise<Store> {
  if (target.kind === 'sqlite') {
    const { openSqliteStore } = await import('./sqlite/store.ts');
    return openSqliteStore(target, options);
  }
  const { openMySqlStore } = await import('./mysql/store.ts');
  return openMySqlStore(target, options);
}
