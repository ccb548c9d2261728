import type { LogEntry } from '../logs/entry.ts';
import type { Rejection } from '../logs/rejection.ts';

/** Stands for an entry that is not to be kept: it is acknowledged, and becomes neither a row nor a dead letter. */
export const DISCARDED = Symbol('discarded');

export type Discarded = typeof DISCARDED;

/**
 * What a message stands for, of which some may not be kept: as `Decoded` otherwise. An array has an element for
 * each entry, so that every one keeps its place.
 */
export type Screened = ScreenedEntry | readonly ScreenedEntry[];

/** One entry of a message. */
export type ScreenedEntry = LogEntry | Rejection | Discarded;
