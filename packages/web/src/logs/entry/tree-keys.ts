import type { JsonRow } from './json-rows.ts';

/** What a key does in a tree. */
export interface AfterKey {
  /** The row that is active then. */
  readonly path: string;
  /** Whether that is opened or closed. */
  readonly opens?: boolean;
  /** The branch of which more is shown. */
  readonly more?: string;
}

/** What a key does where a row is active; undefined: nothing. As trees are operated everywhere. */
export function afterKey(
  key: string,
  rows: readonly JsonRow[],
  active: JsonRow | undefined,
): AfterKey | undefined {
  if (active === undefined) return undefined;
  const at = rows.indexOf(active);
  const to = (row: JsonRow | undefined) => ({ path: (row ?? active).path });
  switch (key) {
    case 'ArrowDown':
      return to(rows[at + 1]);
    case 'ArrowUp':
      return to(rows[at - 1]);
    case 'Home':
      return to(rows[0]);
    case 'End':
      return to(rows.at(-1));
    case 'ArrowRight':
      return opened(active, true) ?? to(rows[at + 1]?.level === active.level + 1 ? rows[at + 1] : undefined);
    case 'ArrowLeft':
      return opened(active, false) ?? to(rows.find(({ path }) => path === active.parent));
    case 'Enter':
    case ' ':
      // The row goes away: from the one before it those that come are next.
      if (active.kind === 'more') return { ...to(rows[at - 1]), more: active.parent };
      return active.isOpen === undefined ? undefined : { path: active.path, opens: !active.isOpen };
    default:
      return undefined;
  }
}

function opened(row: JsonRow, opens: boolean): AfterKey | undefined {
  if (row.kind === 'more' || row.isOpen !== !opens) return undefined;
  return { path: row.path, opens };
}
