import { beforeEach, describe, expect, it } from 'vitest';
import { StorageNews } from '../../../src/app/storage/news.ts';
import { type Forecast, forecast } from '../../../src/retention/forecast.ts';
import { RecordingLog } from '../../support/recording-log.ts';

const HOUR = 3_600_000;
const GIB = 1024 ** 3;
let log: RecordingLog;
let news: StorageNews;

beforeEach(() => {
  log = new RecordingLog();
  news = new StorageNews(log);
});

/** A GiB a day, and so many days left. */
function filling(days: number): Forecast {
  const table = { name: 'service_logs', rows: 1, dataBytes: GIB, indexBytes: 0, freeBytes: 0 };
  return forecast({
    size: { tables: [table], diskFreeBytes: days * GIB },
    rows: 1024 ** 2,
    growth: { rowsPerDay: 1024 ** 2, basis: 'observed' },
    hasRules: false,
  });
}

const levels = () => log.lines.map(({ level }) => level);

describe('the size of the tables in the log', () => {
  it('is there at the first look, with all that is known', () => {
    news.tell(filling(40), 0);
    expect(log.lines).toEqual([
      {
        level: 'info',
        message: 'size of the tables',
        fields: {
          rows: 1_048_576,
          bytes: GIB,
          freeBytes: 0,
          rowsPerDay: 1_048_576,
          growthIs: 'observed',
          bytesPerDay: GIB,
          daysLeft: { disk: 40 },
        },
      },
    ]);
  });

  it('leaves out what is not known', () => {
    news.tell(forecast({ size: undefined, rows: 5, growth: undefined, hasRules: false }), 0);
    expect(log.lines[0]?.fields).toEqual({ rows: 5 });
  });

  it('is there once a day, however often it is looked', () => {
    for (let hour = 0; hour < 72; hour += 1) news.tell(filling(40), hour * HOUR);
    expect(levels()).toEqual(['info', 'info', 'info']);
  });

  it('is a warning with what to do as soon as it becomes bad, and again when it becomes worse', () => {
    for (const [hour, days] of [40, 13, 12, 2.5, 2.4].entries()) news.tell(filling(days), hour * HOUR);
    expect(levels()).toEqual(['info', 'warn', 'warn']);
    expect(log.lines[1]?.message).toContain('less than 14 days');
    expect(log.lines[1]?.fields).toMatchObject({
      todo: expect.stringContaining('RETENTION_MAX_BYTES') as string,
    });
    expect(log.lines[2]?.message).toContain('less than 3 days');
    expect(log.lines[2]?.fields).toMatchObject({ daysLeft: { disk: 2.5 } });
  });

  it('of a disk that stays about as full does not warn at every look', () => {
    for (let look = 0; look < 100; look += 1) news.tell(filling(look % 2 === 0 ? 13.9 : 14.1), look * 60_000);
    expect(levels()).toEqual(['warn']);
  });
});
