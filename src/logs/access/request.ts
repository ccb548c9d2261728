/** A request line of HTTP that could be read. */
export interface RequestLine {
  /** In capitals. */
  readonly method: string;
  /** As it was sent: with query and fragment, or `*`, or `host:443`. */
  readonly path: string;
  readonly protocol: string | undefined;
}

const SPACE = 0x20;
const SLASH = 0x2f;
const HYPHEN = 0x2d;
/** What the section of a request is called that has none. */
const NO_SECTION = '-';

/**
 * Reads `GET /photos/90 HTTP/1.0`; the protocol may be missing. A path with spaces is one if the protocol stands
 * behind it. Undefined if it is no request line: `-`, a TLS handshake, a line that was cut off.
 */
export function parseRequest(text: string): RequestLine | undefined {
  const afterMethod = text.indexOf(' ');
  if (afterMethod < 1 || !isMethod(text, afterMethod)) return undefined;
  const method = text.slice(0, afterMethod).toUpperCase();
  const beforeProtocol = text.lastIndexOf(' ');
  const path = text.slice(afterMethod + 1, beforeProtocol > afterMethod ? beforeProtocol : undefined);
  if (path === '' || path.charCodeAt(0) === SPACE) return undefined;
  if (beforeProtocol === afterMethod) return { method, path, protocol: undefined };
  const protocol = text.slice(beforeProtocol + 1);
  if (protocol === '' || (path.includes(' ') && !protocol.startsWith('HTTP/'))) return undefined;
  return { method, path, protocol };
}

/** Whether the text before `end` is letters and hyphens: the methods of HTTP, and those of WebDAV. */
function isMethod(text: string, end: number): boolean {
  for (let at = 0; at < end; at += 1) {
    const code = text.charCodeAt(at);
    const letter = code | 0x20;
    if (!(letter >= 0x61 && letter <= 0x7a) && !(code === HYPHEN && at > 0)) return false;
  }
  return true;
}

/** Between scheme and path of a request to a proxy. */
const ABSOLUTE = /^[a-z][a-z0-9+.-]{0,20}:\/\/[^/?#]*/i;

/**
 * The section of a site that a request is for: its path up to the second `/`, without query and fragment.
 * `/api/user` is of `/api`, `/report?day=1` of `/report`. `-` for `*`, `host:443` and what could not be read.
 */
export function sectionOf(request: RequestLine | undefined): string {
  if (request === undefined) return NO_SECTION;
  let { path } = request;
  if (path.charCodeAt(0) !== SLASH) {
    const origin = ABSOLUTE.exec(path)?.[0];
    if (origin === undefined) return NO_SECTION;
    path = path.slice(origin.length);
    if (path.charCodeAt(0) !== SLASH) return '/';
  }
  for (let at = 1; at < path.length; at += 1) if (endsSection(path.charCodeAt(at))) return path.slice(0, at);
  return path;
}

/** `/`, `?` or `#`. */
function endsSection(code: number): boolean {
  return code === SLASH || code === 0x3f || code === 0x23;
}
