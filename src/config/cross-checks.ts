import { visible } from '../text/visible.ts';
import { heldBytes, heldMessages } from './held-limits.ts';
import { aboutSetting, SCHEMA, type SettingName } from './schema.ts';
import type { SettingOrigin, SettingText } from './sources.ts';

const MAX_PORT = 65_535;

/**
 * What is wrong with one setting: `reason` continues the sentence "BATCHSIZE: 'abc' (from the environment)
 * …".
 */
export interface SettingProblem {
  readonly name: SettingName;
  readonly reason: string;
}

type Texts = ReadonlyMap<SettingName, SettingText>;

/**
 * One line for a problem: the setting as it was set, where, what it was (without secrets), what would be
 * right.
 */
export function problemLine(problem: SettingProblem, texts: Texts): string {
  const { text, origin } = texts.get(problem.name) ?? { text: '', origin: 'default' };
  const flag = aboutSetting(problem.name).flag.split(' ')[0];
  const name = origin === 'flag' && flag !== undefined ? flag : problem.name;
  return `${name}: '${shownText(problem.name, text)}' (${WHERE[origin]}) ${visible(problem.reason)}`;
}

/** A setting's text as it may be shown: on one line, without its secret. */
export function shownText(name: SettingName, text: string): string {
  const line = visible(aboutSetting(name).hide?.(text) ?? text);
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

const WHERE: Readonly<Record<SettingOrigin, string>> = {
  flag: 'from the command line',
  environment: 'from the environment',
  '.env': 'from .env',
  default: 'the default',
  derived: 'derived',
};

/** What is wrong between settings that are right one by one. Those that are wrong themselves are left out. */
export function crossChecks(texts: Texts): SettingProblem[] {
  const values = textValues(texts);
  return [
    ...checkHeldMessages(values),
    ...checkHeldBytes(values),
    ...checkSameNames(values),
    ...checkHealthPorts(values),
    ...checkEndpoint(values),
    ...checkTls(values),
    ...checkIdentity(values),
    ...checkServices(values),
  ];
}

/** The bare texts, as the schema reads them. */
export function textValues(texts: Texts): Partial<Record<SettingName, string>> {
  return Object.fromEntries([...texts].map(([name, { text }]) => [name, text]));
}

type Values = Partial<Record<SettingName, string>>;

function checkHeldMessages(values: Values): SettingProblem[] {
  const names = { BATCHSIZE: true, FLUSHES_IN_FLIGHT: true, MAX_HELD_MESSAGES: true } as const;
  const { data } = SCHEMA.pick(names).safeParse(values);
  if (data?.MAX_HELD_MESSAGES === undefined) return [];
  const { least } = heldMessages(data.BATCHSIZE, data.FLUSHES_IN_FLIGHT);
  if (data.MAX_HELD_MESSAGES >= least) return [];
  const reason = `would stall: it must be at least BATCHSIZE × (FLUSHES_IN_FLIGHT + 1) = ${String(least)}; raise it, lower those, or leave it unset`;
  return [{ name: 'MAX_HELD_MESSAGES', reason }];
}

function checkHeldBytes(values: Values): SettingProblem[] {
  const names = { BATCHBYTES: true, FLUSHES_IN_FLIGHT: true, MAX_HELD_BYTES: true } as const;
  const { data } = SCHEMA.pick(names).safeParse(values);
  if (data?.MAX_HELD_BYTES === undefined) return [];
  const { least } = heldBytes(data.BATCHBYTES, data.FLUSHES_IN_FLIGHT);
  if (data.MAX_HELD_BYTES >= least) return [];
  const reason = `would stall: it must be at least BATCHBYTES × (FLUSHES_IN_FLIGHT + 1), and 10 MiB for the largest message: ${String(least)}; raise it, lower those, or leave it unset`;
  return [{ name: 'MAX_HELD_BYTES', reason }];
}

/** Each worker has a port of its own, one after the other. */
function checkHealthPorts(values: Values): SettingProblem[] {
  const { data } = SCHEMA.pick({ HEALTH_PORT: true, WORKERS: true }).safeParse(values);
  const last = (data?.HEALTH_PORT ?? 0) + (data?.WORKERS ?? 1) - 1;
  if (last <= MAX_PORT) return [];
  const reason = `is too high: the last of the WORKERS would have port ${String(last)}, and ${String(MAX_PORT)} is the highest`;
  return [{ name: 'HEALTH_PORT', reason }];
}

/** A dead letter that comes back to the worker would go round for ever. */
function checkSameNames(values: Values): SettingProblem[] {
  const problems: SettingProblem[] = [];
  if (values.DEAD_LETTER_TOPIC === values.PUBSUB_TOPIC) {
    problems.push({ name: 'DEAD_LETTER_TOPIC', reason: 'must be another topic than PUBSUB_TOPIC' });
  }
  if (values.DEAD_LETTER_SUBSCRIPTION === values.PUBSUB_SUBSCRIPTION) {
    problems.push({
      name: 'DEAD_LETTER_SUBSCRIPTION',
      reason: 'must be another subscription than PUBSUB_SUBSCRIPTION',
    });
  }
  return problems;
}

function checkTls({ TLS_CERT: cert, TLS_KEY: key }: Values): SettingProblem[] {
  if ((cert === undefined) === (key === undefined)) return [];
  const [name, other] =
    cert === undefined ? (['TLS_KEY', 'TLS_CERT'] as const) : (['TLS_CERT', 'TLS_KEY'] as const);
  return [{ name, reason: `is nothing without ${other}` }];
}

/** Whoever may say who he is may be anybody. */
function checkIdentity(values: Values): SettingProblem[] {
  const { data } = SCHEMA.pick({ IDENTITY_HEADER: true, TRUST_PROXY: true }).safeParse(values);
  if (data?.IDENTITY_HEADER === undefined || data.TRUST_PROXY !== undefined) return [];
  return [
    { name: 'IDENTITY_HEADER', reason: 'is believed from the proxies of TRUST_PROXY alone: name them' },
  ];
}

/** Each interface deletes all that is of its service. */
function checkServices(values: Values): SettingProblem[] {
  const names = ['MESSAGES_SERVICE', 'SINK_SERVICE', 'ACCESS_LOG_SERVICE'] as const;
  return names.flatMap((name, index) => {
    const other = names.slice(0, index).find((each) => values[each]?.trim() === values[name]?.trim());
    return other === undefined ? [] : [{ name, reason: `must be another service than ${other}` }];
  });
}

/** One of them would be ignored. */
function checkEndpoint(values: Values): SettingProblem[] {
  if (values.PUBSUB_API_ENDPOINT === undefined || values.PUBSUB_EMULATOR_HOST === undefined) return [];
  const reason =
    'is for Google Cloud and cannot be combined with PUBSUB_EMULATOR_HOST: leave one of them unset';
  return [{ name: 'PUBSUB_API_ENDPOINT', reason }];
}
