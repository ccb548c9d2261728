import type { LogEntry } from '../../src/logs/entry.ts';
import type { StoreTarget } from '../../src/store/connection-target.ts';
import type { StoreSubject } from './store-subject.ts';

/**
 * Writes and deletes as the release before sums of counts does: by its statements, which change rows and
 * counts, and no sums.
 */
export class EarlierWriter {
  readonly #subject: Pick<StoreSubject, 'sql' | 'target'>;
  readonly #added: (key: string) => string;

  constructor(subject: Pick<StoreSubject, 'sql' | 'target'>) {
    this.#subject = subject;
    this.#added = addition(subject.target.kind);
  }

  /** A row that is new. */
  async write({ timestamp, eventId, serviceName, severity, payload }: LogEntry): Promise<void> {
    const minute = `${timestamp.slice(0, 16)}:00`;
    const attempt = this.#subject.target.kind === 'mysql' ? ['attempt_id', ', 1'] : [undefined, ''];
    const columns = ['timestamp', 'event_id', 'service_name', 'severity', 'payload', attempt[0]];
    await this.#run(
      `INSERT INTO service_logs (${columns
        .filter((name) => name !== undefined)
        .map((name) => `\`${name}\``)
        .join(', ')})
       VALUES ('${timestamp}', '${eventId}', '${serviceName}', '${severity}', '${payload}'${attempt[1] ?? ''})`,
      `INSERT INTO service_severity_minutes (minute, service_name, severity, \`count\`)
       VALUES ('${minute}', '${serviceName}', '${severity}', 1) ${this.#added('service_severity_minutes')}`,
      `INSERT INTO service_severity (service_name, severity, \`count\`)
       VALUES ('${serviceName}', '${severity}', 1) ${this.#added('service_severity')}`,
    );
  }

  /** A row that is there. */
  async delete({ timestamp, eventId, serviceName, severity }: LogEntry): Promise<void> {
    const key = `service_name = '${serviceName}' AND severity = '${severity}'`;
    const minute = `minute = '${timestamp.slice(0, 16)}:00' AND ${key}`;
    await this.#run(
      `DELETE FROM service_logs WHERE \`timestamp\` = '${timestamp}' AND event_id = '${eventId}'`,
      `UPDATE service_severity_minutes SET \`count\` = \`count\` - 1 WHERE ${minute}`,
      `DELETE FROM service_severity_minutes WHERE ${minute} AND \`count\` = 0`,
      `UPDATE service_severity SET \`count\` = \`count\` - 1 WHERE ${key}`,
      `DELETE FROM service_severity WHERE ${key} AND \`count\` = 0`,
    );
  }

  async #run(...statements: readonly string[]): Promise<void> {
    // Whoever writes to a file blocks this process until it is done: there each statement is by itself.
    const isTransaction = this.#subject.target.kind === 'mysql';
    if (isTransaction) await this.#subject.sql('START TRANSACTION');
    for (const statement of statements) await this.#subject.sql(statement);
    if (isTransaction) await this.#subject.sql('COMMIT');
  }
}

function addition(kind: StoreTarget['kind']): (table: string) => string {
  return kind === 'mysql'
    ? () => 'ON DUPLICATE KEY UPDATE `count` = `count` + VALUES(`count`)'
    : (table) => `ON CONFLICT DO UPDATE SET "count" = ${table}."count" + excluded."count"`;
}
