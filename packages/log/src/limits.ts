import type { Sink } from './sink.ts';

/** Bounds of what is held and sent at once. */
export interface SenderLimits {
  /** Entries held at most, those under way included. */
  readonly maxEntries: number;
  /** Their bytes. */
  readonly maxBytes: number;
  /** How long an entry waits for others to go with, in milliseconds. */
  readonly batchWaitMs: number;
  readonly batchEntries: number;
  readonly batchBytes: number;
}

/** As they are told: what is left out, or undefined, is as usual. */
export type LimitOptions = { readonly [Name in keyof SenderLimits]?: SenderLimits[Name] | undefined };

const USUAL: SenderLimits = {
  maxEntries: 100_000,
  maxBytes: 64 * 1024 * 1024,
  batchWaitMs: 50,
  batchEntries: 1_000,
  batchBytes: 1_000_000,
};

/** The limits to keep towards a sink: what none could work with is replaced by the nearest that can be. */
export function limitsOf(
  options: LimitOptions,
  { maxBatchEntries, maxBatchBytes }: Pick<Sink, 'maxBatchEntries' | 'maxBatchBytes'>,
): SenderLimits {
  return {
    maxEntries: bounded(options.maxEntries, USUAL.maxEntries),
    maxBytes: bounded(options.maxBytes, USUAL.maxBytes),
    batchWaitMs: bounded(options.batchWaitMs, USUAL.batchWaitMs, { least: 0 }),
    batchEntries: bounded(options.batchEntries, USUAL.batchEntries, { most: maxBatchEntries }),
    batchBytes: bounded(options.batchBytes, USUAL.batchBytes, { most: maxBatchBytes }),
  };
}

function bounded(
  wanted: number | undefined,
  usual: number,
  { least = 1, most = Infinity }: { readonly least?: number; readonly most?: number | undefined } = {},
): number {
  const value = wanted ?? usual;
  return Math.min(Math.max(Number.isNaN(value) ? usual : value, least), most);
}
