import type { Route } from '../route.ts';
import { ELASTIC_ROUTES } from './elasticsearch.ts';
import { LOKI_ROUTES } from './loki.ts';
import { otlpLogs } from './otlp.ts';

/** What log shippers speak. They send parameters that they do not care about: none are looked at. */
export const INTAKE_ROUTES: readonly Route[] = [otlpLogs, ...LOKI_ROUTES, ...ELASTIC_ROUTES];
