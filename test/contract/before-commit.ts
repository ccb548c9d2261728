import type { Session } from '../../src/store/mysql/driver/session.ts';

/** The session, on which something happens before a COMMIT. */
export function beforeCommit(session: Session, happens: () => Promise<void>): Session {
  const changed: Pick<Session, 'run' | 'execute' | 'select' | 'query'> = {
    async run(sql, timeout) {
      if (sql === 'COMMIT') await happens();
      return session.run(sql, timeout);
    },
    execute: (sql, values) => session.execute(sql, values),
    select: (sql, values, timeout) => session.select(sql, values, timeout),
    query: (sql) => session.query(sql),
  };
  // The session's private parts are of no other object.
  return changed as Session;
}
