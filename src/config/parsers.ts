import { isIP, isIPv6 } from 'node:net';
import * as z from 'zod';
import { type DatabaseTarget, parseDatabaseUrl } from './database-url.ts';

/*
 * The kinds of values that settings have. Each reads the text that a person wrote; its message continues the
 * sentence "BATCHSIZE: 'abc' (from the environment) …" and says what would be right.
 */

/** Decimal digits only: no sign, no exponent, no unit. */
export function wholeNumber(min: number, max: number, unit = '') {
  const wanted = `a whole number from ${String(min)} to ${String(max)}${unit && ` (${unit})`}`;
  return z.string().transform((text, context): number => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    return value >= min && value <= max ? value : refuse(context, `is not ${wanted}`);
  });
}

/** Seconds, fractions allowed; becomes whole milliseconds. */
export function seconds(min: number, max: number) {
  const wanted = `a number of seconds from ${String(min)} to ${String(max)}`;
  return z.string().transform((text, context): number => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
    return value >= min && value <= max ? Math.round(value * 1000) : refuse(context, `is not ${wanted}`);
  });
}

const MAX_SERVICE_NAME = 100;
const NAME = '(?!goog)[a-zA-Z][\\w.~+%-]{2,254}';
const PROJECT = '[a-z][a-z0-9.:-]{0,61}[a-z0-9]';

/**
 * Name of a topic or a subscription, or with its project, `projects/<project>/topics/<name>`; the rules are
 * Pub/Sub's.
 */
export function resourceName(kind: 'topics' | 'subscriptions') {
  return z.string().regex(new RegExp(`^(projects/${PROJECT}/${kind}/)?${NAME}$`), {
    error: `is not a Pub/Sub name: a letter, then 2 to 254 letters, digits or any of - _ . ~ + %, not beginning with goog; or projects/<project>/${kind}/<name>`,
  });
}

/** Name of a service, as its column has it. */
export function serviceName() {
  return z.string().refine((text) => text.trim() !== '' && [...text].length <= MAX_SERVICE_NAME, {
    error: `is not a service's name: 1 to ${String(MAX_SERVICE_NAME)} characters, not white space alone`,
  });
}

/** Id of a Google Cloud project; looser than Google's own rules, because an emulator takes shorter ones. */
export function projectId() {
  return z.string().regex(new RegExp(`^${PROJECT}$`), {
    error: 'is not a project id: 2 to 63 lower-case letters, digits or hyphens, beginning with a letter',
  });
}

const HOST_AND_PORT = /^([^\s:/@[\]]+|\[[0-9a-fA-F:.]+\]):\d{1,5}$/;

/** `host:port`, or `[address]:port` for IPv6. */
export function hostAndPort() {
  return z.string().refine((text) => HOST_AND_PORT.test(text) && hasPort(text), {
    error: 'is not host:port, such as 127.0.0.1:8085',
  });
}

/** `host`, `host:port`, or `[address]:port` for IPv6. */
export function hostAndOptionalPort() {
  return z
    .string()
    .refine((text) => /^[^\s:/@[\]]+$/.test(text) || (HOST_AND_PORT.test(text) && hasPort(text)), {
      error: 'is not a host or host:port, such as europe-west3-pubsub.googleapis.com',
    });
}

/** An address or the name of a host, without a port; IPv6 without brackets. */
export function hostName() {
  return z.string().refine((text) => isIPv6(text) || /^[\w.-]+$/.test(text), {
    error: 'is not an address or host name, such as 127.0.0.1',
  });
}

const MIN_SECRET = 16;

/** A secret that is not guessed soon: printable ASCII, as a header takes it. */
export function secret() {
  return z.string().refine((text) => /^[!-~]*$/.test(text) && text.length >= MIN_SECRET, {
    error: `is no secret that will do: at least ${String(MIN_SECRET)} characters without spaces, such as \`openssl rand -base64 32\` prints`,
  });
}

/** Something with commas between; none if it is empty. */
function listOf(isItem: (text: string) => boolean, error: string) {
  return z
    .string()
    .transform((text) => text.split(',').map((each) => each.trim()))
    .refine((list) => list.every(isItem), { error });
}

/** Origins of pages: `https://logs.example.com`. */
export function origins() {
  return listOf(
    (text) => URL.parse(text)?.origin === text,
    'is not origins with commas between them, such as https://logs.example.com',
  );
}

/** Addresses and networks. */
export function networks() {
  return listOf(isNetwork, 'is not addresses or networks with commas between them, such as 10.0.0.0/8');
}

function isNetwork(text: string): boolean {
  const [address = '', length, ...rest] = text.split('/');
  if (rest.length > 0 || isIP(address) === 0) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (isIPv6(address) ? 128 : 32));
}

/** Some of a few words. */
export function wordsOf<const Word extends string>(words: readonly Word[]) {
  return z.string().transform((text, context): readonly Word[] => {
    const list = text.split(',').map((each) => words.find((word) => word === each.trim()));
    const known = list.filter((each) => each !== undefined);
    if (known.length === list.length) return known;
    return refuse(context, `is not some of ${words.join(', ')} with commas between them`);
  });
}

/** `all`, `none`, or some of a few names; nothing is none. */
export function allOrSomeOf<const Name extends string>(names: readonly Name[]) {
  const wanted = `all, none, or some of these with commas between them: ${names.join(', ')}`;
  return z.string().transform((text, context): readonly Name[] => {
    if (text.trim() === 'all') return names;
    if (text.trim() === '' || text.trim() === 'none') return [];
    const asked = text.split(',').map((each) => each.trim());
    const isKnown = asked.every((each) => names.some((name) => name === each));
    return isKnown ? names.filter((name) => asked.includes(name)) : refuse(context, `is not ${wanted}`);
  });
}

/** Name of a header, in lower case. */
export function headerName() {
  return z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]*$/, { error: 'is not the name of a header' })
    .transform((text) => text.toLowerCase());
}

/** `on` or `off`; becomes true or false. */
export function onOff() {
  return z.enum(['on', 'off'], { error: 'is not on or off' }).transform((text) => text === 'on');
}

/** A path that others are below, none of our own: `/access-log`. */
export function pathPrefix() {
  const isFree = (text: string) => !/^\/(?:api|v1|loki|messages|logs)(?:\/|$)/.test(text);
  return z.string().refine((text) => /^(?:\/[\w.~-]+)+$/.test(text) && isFree(text), {
    error: 'is not a path such as /access-log, or it is one that is taken',
  });
}

/** A token, as it is sent. */
export function tokenText() {
  return z.string().regex(/^[!-~]{1,256}$/, { error: 'is not a token: 1 to 256 printable characters' });
}

/** One of a few words, in lower case. */
export function oneOf<const Word extends string>(words: readonly Word[]) {
  return z.enum(words, { error: `is not one of ${words.join(', ')}` });
}

/** A database's URL; the parts of it come out. */
export function databaseUrl() {
  return z.string().transform((text, context): DatabaseTarget => {
    const target = parseDatabaseUrl(text);
    return target.kind === 'invalid' ? refuse(context, target.reason) : target;
  });
}

function hasPort(text: string): boolean {
  const port = Number(text.slice(text.lastIndexOf(':') + 1));
  return port >= 1 && port <= 65_535;
}

function refuse(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}
