import type { IncomingHttpHeaders } from 'node:http';

/** What a request says of who sent it. */
export interface Credentials {
  readonly secret: string;
  /** A browser sends a session's with every request, whoever's page made it. */
  readonly kind: 'header' | 'session';
}

const COOKIE = /(?:^|; ?)lms-session=([^;]*)/;

/**
 * The token that a request has: as `X-Auth-Token`, `Authorization: Bearer`, the password of `Basic` (or its user,
 * if that has no password), or a session's cookie, in this order.
 */
export function credentialsOf(headers: IncomingHttpHeaders): Credentials | undefined {
  const own = headers['x-auth-token'];
  const header =
    (typeof own === 'string' && own !== '' ? own : undefined) ?? authorized(headers.authorization);
  if (header !== undefined) return { secret: header, kind: 'header' };
  const [, cookie = ''] = COOKIE.exec(headers.cookie ?? '') ?? [];
  return cookie === '' ? undefined : { secret: decoded(cookie), kind: 'session' };
}

/** The header that begins a session, or ends it if there is no secret. */
export function sessionCookie(secret: string | undefined, isSecure: boolean): string {
  const attributes = ['Path=/', 'HttpOnly', 'SameSite=Strict'];
  if (secret === undefined) attributes.push('Max-Age=0');
  if (isSecure) attributes.push('Secure');
  return [`lms-session=${encodeURIComponent(secret ?? '')}`, ...attributes].join('; ');
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function authorized(header: string | undefined): string | undefined {
  const [, scheme = '', value = ''] = /^(\w+) +(\S+) *$/.exec(header ?? '') ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
    case 'token':
      return value;
    case 'basic': {
      const text = Buffer.from(value, 'base64').toString();
      const colon = text.indexOf(':');
      const [user, password] = colon === -1 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
      return password || user || undefined;
    }
    default:
      return undefined;
  }
}
