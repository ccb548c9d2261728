import { minuteDifferencesSql } from '../differences.ts';

/** Selects the counts by minute that differ from the rows, in the order in which writers lock them. */
export const DIFFERENT_MINUTES = minuteDifferencesSql("DATE_FORMAT(`timestamp`, '%Y-%m-%d %H:%i:00')");
