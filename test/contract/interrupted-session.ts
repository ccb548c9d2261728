import type { Session } from '../../src/store/mysql/driver/session.ts';

/** The session, on which something happens before each statement that changes something. */
export function interrupted(session: Session, before: (sql: string) => Promise<void>): Session {
  const run: Session['run'] = async (sql, timeout) => {
    await before(sql);
    return session.run(sql, timeout);
  };
  const execute: Session['execute'] = async (sql, values) => {
    await before(sql);
    return session.execute(sql, values);
  };
  // The session's private parts are of no other object.
  const changed: Pick<Session, 'run' | 'execute' | 'change' | 'select' | 'query' | 'each'> = {
    run,
    execute,
    change: async (sql) => {
      await before(sql);
      return session.change(sql);
    },
    each: (sql, values, take) => session.each(sql, values, take),
    select: (sql, values, timeout) => session.select(sql, values, timeout),
    query: (sql) => session.query(sql),
  };
  return changed as Session;
}

/** The session, on which something happens before a COMMIT. */
export function beforeCommit(session: Session, happens: () => Promise<void>): Session {
  return interrupted(session, async (sql) => {
    if (sql === 'COMMIT') await happens();
  });
}

/** How a statement deletes rows, or that it undoes what was done; nothing if it does neither. */
export function waysOf(sql: string): readonly ('by range' | 'by keys' | 'undone')[] {
  if (sql === 'ROLLBACK') return ['undone'];
  if (!sql.startsWith('DELETE service_logs')) return [];
  return [/event_id(, service_name, severity)?\) IN/.test(sql) ? 'by keys' : 'by range'];
}
