import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MySqlTarget } from '../../src/store/connection-target.ts';
import { openStorage } from '../../src/store/open.ts';
import { OUR_TABLES } from '../../src/store/storage.ts';
import { uniqueName } from '../support/names.ts';
import { usedBytes } from './store-storage.contract.ts';
import { mysqlSubject, SILENT, type StoreSubject } from './store-subject.ts';

describe('MySQL: how large its tables are', () => {
  let subject: StoreSubject<MySqlTarget>;

  beforeEach(async () => {
    subject = await mysqlSubject();
    await (await subject.open()).migrate();
  });
  afterEach(() => subject.dispose());

  async function sizeFor(target: MySqlTarget) {
    const storage = await openStorage(target, { log: SILENT });
    try {
      return await storage.size();
    } finally {
      await storage.close();
    }
  }

  it('every table that the migrations make is looked at, and no other', async () => {
    await subject.sql('CREATE TABLE of_somebody_else (a INT PRIMARY KEY)');
    const made = (await subject.sql('SHOW TABLES')).map((row) => String(Object.values(row)[0]));
    const seen = (await sizeFor(subject.target))?.tables.map(({ name }) => name) ?? [];
    expect([...seen, 'of_somebody_else'].toSorted()).toEqual(made.toSorted());
    expect(seen.toSorted()).toEqual(OUR_TABLES.toSorted());
  });

  it('of thousands of other tables in the schema none is opened', async () => {
    const opened = async () => {
      const [row] = await subject.sql("SHOW GLOBAL STATUS LIKE 'Opened_table_definitions'");
      return Number(row?.['Value']);
    };
    for (let n = 0; n < 100; n += 1) await subject.sql(`CREATE TABLE other_${n} (a INT PRIMARY KEY)`);
    await sizeFor(subject.target);
    await subject.sql('FLUSH TABLES');
    const before = await opened();
    await sizeFor(subject.target);
    expect((await opened()) - before).toBeLessThan(60);
  });

  it('whoever may see some tables alone gets what can be seen, and one who may see none gets nothing', async () => {
    const user = uniqueName('u').slice(0, 30);
    await subject.sql(`CREATE USER '${user}'@'%' IDENTIFIED BY 'a-password'`);
    try {
      await subject.sql(`CREATE TABLE of_somebody_else (a INT PRIMARY KEY)`);
      await subject.sql(`GRANT SELECT ON ${subject.target.database}.of_somebody_else TO '${user}'@'%'`);
      const target = { ...subject.target, user, password: 'a-password' };
      expect(await sizeFor(target)).toBeUndefined();
      await subject.sql(`GRANT SELECT ON ${subject.target.database}.service_logs TO '${user}'@'%'`);
      const size = await sizeFor(target);
      expect(size?.tables.map(({ name }) => name)).toEqual(['service_logs']);
      expect(usedBytes(size)).toBeGreaterThan(0);
      expect(size?.diskFreeBytes).toBeUndefined();
    } finally {
      await subject.sql(`DROP USER '${user}'@'%'`);
    }
  });
});
