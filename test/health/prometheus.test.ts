import { beforeEach, describe, expect, it } from 'vitest';
import { PrometheusMetrics } from '../../src/health/prometheus.ts';
import type { Watched } from '../../src/health/readiness.ts';
import { Ledger } from '../../src/pipeline/ledger.ts';
import { numbersIn } from '../support/metrics-text.ts';
import { sampleDelivery } from '../support/samples.ts';
import { watchedWorker } from '../support/watched-worker.ts';

let watched: Watched | undefined;
let metrics: PrometheusMetrics;

beforeEach(() => {
  watched = undefined;
  metrics = new PrometheusMetrics(() => watched);
});

async function scrape(): Promise<ReadonlyMap<string, number>> {
  return numbersIn(await metrics.text());
}

describe('what became of the messages', () => {
  it('is read off the ledger at each scrape', async () => {
    const ledger = new Ledger();
    watched = watchedWorker({ ledger });
    ledger.messages = 90;
    ledger.received = 100;
    ledger.stored = 80;
    ledger.duplicates = 5;
    ledger.released = 3;
    ledger.discarded = 2;
    ledger.acksUnconfirmed = 4;
    const first = await scrape();
    expect(first.get('lms_messages_received_total')).toBe(90);
    expect(first.get('lms_entries_received_total')).toBe(100);
    expect(first.get('lms_entries_stored_total')).toBe(80);
    expect(first.get('lms_entries_duplicate_total')).toBe(5);
    expect(first.get('lms_entries_released_total')).toBe(3);
    expect(first.get('lms_entries_discarded_total')).toBe(2);
    expect(first.get('lms_acks_unconfirmed')).toBe(4);
    ledger.received = 150;
    ledger.acksUnconfirmed = 0;
    const second = await scrape();
    expect(second.get('lms_entries_received_total')).toBe(150);
    expect(second.get('lms_acks_unconfirmed')).toBe(0);
  });

  it('dead letters are told apart by code, and every code is there from the start', async () => {
    const ledger = new Ledger();
    watched = watchedWorker({ ledger });
    expect((await scrape()).get('lms_entries_dead_lettered_total{code="not_json"}')).toBe(0);
    ledger.published([{ delivery: sampleDelivery('a'), rejection: { code: 'not_json', reason: 'cut off' } }]);
    const numbers = await scrape();
    expect(numbers.get('lms_entries_dead_lettered_total{code="not_json"}')).toBe(1);
    expect(numbers.get('lms_entries_dead_lettered_total{code="row_refused"}')).toBe(0);
  });
});

it('what is held is shown with its limits and the age of the oldest', async () => {
  watched = watchedWorker(
    {},
    { held: { messages: 7, bytes: 4_000 }, oldestHeldMs: 1_500, leaseExtensions: 14, reconnects: 2 },
  );
  const numbers = await scrape();
  expect(numbers.get('lms_held_messages')).toBe(7);
  expect(numbers.get('lms_held_messages_limit')).toBe(100);
  expect(numbers.get('lms_held_bytes')).toBe(4_000);
  expect(numbers.get('lms_held_bytes_limit')).toBe(10_000);
  expect(numbers.get('lms_oldest_held_age_seconds')).toBe(1.5);
  expect(numbers.get('lms_lease_extensions_total')).toBe(14);
  expect(numbers.get('lms_stream_reconnects_total')).toBe(2);
});

it('dead letters that wait, how long the oldest has, and that rows are refused, are read off the worker', async () => {
  watched = watchedWorker();
  const before = await scrape();
  expect(before.get('lms_dead_letters_waiting')).toBe(0);
  expect(before.get('lms_oldest_dead_letter_age_seconds')).toBe(0);
  expect(before.get('lms_refuses_rows')).toBe(0);
  watched = watchedWorker({ waitingLetters: { letters: 3, oldestMs: 61_500 }, refusesRows: true });
  const after = await scrape();
  expect(after.get('lms_dead_letters_waiting')).toBe(3);
  expect(after.get('lms_oldest_dead_letter_age_seconds')).toBe(61.5);
  expect(after.get('lms_refuses_rows')).toBe(1);
});

it('each flush is in the histogram of its reason, in seconds, and in that of batch sizes', async () => {
  expect((await scrape()).get('lms_flush_duration_seconds_count{reason="bytes"}')).toBe(0);
  metrics.flushed('size', 5_000, 40);
  metrics.flushed('size', 5_000, 2_000);
  metrics.flushed('interval', 12, 3);
  const numbers = await scrape();
  expect(numbers.get('lms_flush_duration_seconds_count{reason="size"}')).toBe(2);
  expect(numbers.get('lms_flush_duration_seconds_sum{reason="size"}')).toBeCloseTo(2.04);
  expect(numbers.get('lms_flush_duration_seconds_bucket{le="0.05",reason="size"}')).toBe(1);
  expect(numbers.get('lms_flush_duration_seconds_count{reason="interval"}')).toBe(1);
  expect(numbers.get('lms_batch_rows_bucket{le="50"}')).toBe(1);
  expect(numbers.get('lms_batch_rows_bucket{le="5000"}')).toBe(3);
  expect(numbers.get('lms_batch_rows_sum')).toBe(10_012);
});

it('failed writes are told apart by verdict, and every verdict is there from the start', async () => {
  metrics.writeFailed('transient');
  metrics.writeFailed('transient');
  metrics.writeFailed('row');
  const numbers = await scrape();
  expect(numbers.get('lms_write_failures_total{verdict="transient"}')).toBe(2);
  expect(numbers.get('lms_write_failures_total{verdict="row"}')).toBe(1);
  expect(numbers.get('lms_write_failures_total{verdict="fatal"}')).toBe(0);
});

it('ready is 1 or 0, as the page of that name says', async () => {
  expect((await scrape()).get('lms_ready')).toBe(0);
  watched = watchedWorker();
  expect((await scrape()).get('lms_ready')).toBe(1);
  watched = watchedWorker({ draining: true });
  expect((await scrape()).get('lms_ready')).toBe(0);
});

it('the process is there too: memory and processor time', async () => {
  const numbers = await scrape();
  expect(numbers.get('process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
  expect(numbers.get('process_cpu_seconds_total')).toBeGreaterThan(0);
});

it('two workers in a process do not share their metrics', async () => {
  new PrometheusMetrics(() => undefined).writeFailed('fatal');
  expect((await scrape()).get('lms_write_failures_total{verdict="fatal"}')).toBe(0);
});

describe('what was not kept as it came', () => {
  it('is counted by rule and by service, and is nothing where there are no rules', async () => {
    watched = watchedWorker({ screening: undefined });
    expect((await scrape()).get('lms_entries_redacted_total')).toBe(0);
    watched = watchedWorker({
      screening: {
        redactedEntries: 2,
        redactions: new Map([
          ['email', 3],
          ['/\\d{4}/', 0],
        ]),
        discardedByService: new Map([['alpha', 7]]),
      },
    });
    const numbers = await scrape();
    expect(numbers.get('lms_entries_redacted_total')).toBe(2);
    expect(numbers.get('lms_redactions_total{rule="email"}')).toBe(3);
    expect(numbers.get('lms_redactions_total{rule="/\\\\d{4}/"}')).toBe(0);
    expect(numbers.get('lms_service_entries_discarded_total{service="alpha"}')).toBe(7);
  });
});
