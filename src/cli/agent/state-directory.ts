import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../config/sources.ts';

/**
 * Where an agent keeps what it remembers, if nobody says: the directory that systemd gives a service, else the user's
 * own for such things.
 */
export function usualStateDirectory(env: Environment): string {
  const [ofService] = (env['STATE_DIRECTORY'] ?? '').split(':');
  if (ofService !== undefined && ofService !== '') return ofService;
  const xdg = env['XDG_STATE_HOME'] ?? '';
  const ofUser = xdg.startsWith('/') ? xdg : join(env['HOME'] ?? homedir(), '.local', 'state');
  return join(ofUser, 'lms', 'agent');
}
