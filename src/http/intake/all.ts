import type { Route } from '../route.ts';

/** What log shippers speak. */
export const INTAKE_ROUTES: readonly Route[] = [];
