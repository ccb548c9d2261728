import type { Route } from '../route.ts';
import { accessLogRoutes } from './access-log.ts';
import { messagesRoutes } from './messages.ts';
import { sinkRoutes } from './sink.ts';

/** How the interfaces of older servers are mounted. A token acts for those who can send none. */
export interface CompatSettings {
  readonly messagesService: string;
  readonly messagesToken?: string | undefined;
  readonly sinkService: string;
  readonly sinkToken?: string | undefined;
  readonly accessLogService: string;
  readonly accessLogPrefix: string;
  /** Where lines are served alone, and not beside the others; absent: under the prefix. */
  readonly accessLogPort?: number | undefined;
  readonly accessLogToken?: string | undefined;
}

/** The interfaces of three older servers, each over a service of its own. */
export function compatRoutes(settings: CompatSettings): readonly Route[] {
  const { messagesService, messagesToken, sinkService, sinkToken, accessLogPort } = settings;
  return [
    ...messagesRoutes({ service: messagesService.trim(), token: messagesToken }),
    ...sinkRoutes({ service: sinkService.trim(), token: sinkToken }),
    ...(accessLogPort === undefined ? linesAt(settings.accessLogPrefix, settings) : []),
  ];
}

/** What is served on a port for lines alone. */
export function linesAt(prefix: string, settings: CompatSettings): readonly Route[] {
  const { accessLogService: service, accessLogToken: token } = settings;
  return accessLogRoutes({ service: service.trim(), prefix, token });
}
