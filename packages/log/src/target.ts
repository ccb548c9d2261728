import { httpSink } from './http-sink.ts';
import { pubSubSink } from './pubsub-sink.ts';
import type { Sink } from './sink.ts';

/** Where entries go: to a topic of Pub/Sub, or to a server of LMS. */
export interface TargetOptions {
  /** The topic, short or as `projects/…/topics/…`. Default: PUBSUB_TOPIC. */
  readonly topic?: string;
  /** Default: PUBSUB_PROJECT_ID, else the project of the credentials; on an emulator `lms`. */
  readonly project?: string;
  /** `host:port` of an emulator. Default: PUBSUB_EMULATOR_HOST. */
  readonly emulatorHost?: string;
  /** `host` or `host:port` of Google Cloud's API, where it is not the global one. */
  readonly apiEndpoint?: string;
  /** A server's address, instead of a topic. Default: LMS_URL, if no topic is named. */
  readonly url?: string;
  /** The server's token, with the scope `write`. Default: LMS_TOKEN. */
  readonly token?: string;
  /** A request that is not answered within this time is made again, in milliseconds. Default: 30,000. */
  readonly requestTimeoutMs?: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws TypeError or `LmsError` SETTINGS if the options name no place, two, or one that cannot be. */
export function sinkOf(options: TargetOptions, env: Environment): Sink {
  const { url, topic, requestTimeoutMs: timeoutMs } = options;
  if (url !== undefined && topic !== undefined) throw new TypeError('name a url or a topic, not both');
  const server = url ?? (topic === undefined ? filled(env['LMS_URL']) : undefined);
  if (server !== undefined)
    return httpSink({ url: server, token: options.token ?? filled(env['LMS_TOKEN']), timeoutMs });
  const name = topic ?? filled(env['PUBSUB_TOPIC']);
  if (name === undefined)
    throw new TypeError('name a topic or a url, or set PUBSUB_TOPIC or LMS_URL in the environment');
  return pubSubSink({
    topic: name,
    project: options.project ?? filled(env['PUBSUB_PROJECT_ID']),
    emulatorHost: options.emulatorHost ?? filled(env['PUBSUB_EMULATOR_HOST']),
    apiEndpoint: options.apiEndpoint,
    timeoutMs,
  });
}

function filled(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
