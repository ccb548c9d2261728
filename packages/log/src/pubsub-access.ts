import { CallCredentials, type ChannelCredentials, credentials, Metadata } from '@grpc/grpc-js';
import { LmsError } from '../../../src/errors/catalogue.ts';
import { emulatorAddress } from '../../../src/pubsub/emulator-address.ts';
import { pubsubError } from '../../../src/pubsub/errors.ts';

const DEFAULT_ENDPOINT = 'pubsub.googleapis.com';
const SCOPE = 'https://www.googleapis.com/auth/pubsub';
/** Emulators take any project. */
const EMULATOR_PROJECT = 'lms';

/** Which Pub/Sub: an emulator if one is named, else Google Cloud with the machine's own credentials. */
export interface PubSubAddress {
  /** Default: `lms` on an emulator, else the project that the credentials belong to. */
  readonly project?: string | undefined;
  /** `host:port`. */
  readonly emulatorHost?: string | undefined;
  /** `host` or `host:port` of Google Cloud's API, where it is not the global one. */
  readonly apiEndpoint?: string | undefined;
}

/** What a channel takes to be opened. */
interface Access {
  readonly address: string;
  readonly channel: ChannelCredentials;
  readonly project: string;
}

/** Who signs requests: of google-auth-library's clients what is used here. */
export interface Signer {
  getRequestHeaders(url?: string): Promise<Iterable<[string, string]>>;
}

/**
 * The way to Pub/Sub. `open` looks for credentials when it is first asked, and again if it found none: it
 * rejects with `LmsError` PUBSUB_DENIED or SETTINGS then. Throws `LmsError` SETTINGS if the emulator's address
 * is none.
 */
export function accessOf({ project, emulatorHost, apiEndpoint = DEFAULT_ENDPOINT }: PubSubAddress): {
  readonly projectId: string | undefined;
  open(): Promise<Access>;
} {
  if (emulatorHost !== undefined) {
    const { host, port } = emulatorAddress(emulatorHost);
    const projectId = project ?? EMULATOR_PROJECT;
    const access = {
      address: `${host}:${String(port)}`,
      channel: credentials.createInsecure(),
      project: projectId,
    };
    return { projectId, open: () => Promise.resolve(access) };
  }
  const address = apiEndpoint.includes(':') ? apiEndpoint : `${apiEndpoint}:443`;
  let opening: Promise<Access> | undefined;
  return {
    projectId: project,
    open() {
      opening ??= signedIn(address, project).catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return opening;
    },
  };
}

async function signedIn(address: string, project: string | undefined): Promise<Access> {
  const { GoogleAuth } = await import('google-auth-library');
  const auth = new GoogleAuth({ scopes: SCOPE, ...(project !== undefined && { projectId: project }) });
  const client = await auth.getClient().catch((error: unknown) => {
    throw pubsubError(error, 'sign in to Google Cloud');
  });
  const channel = credentials.combineChannelCredentials(credentials.createSsl(), signedBy(client));
  return { address, channel, project: project ?? (await projectOf(auth)) };
}

async function projectOf(auth: { getProjectId(): Promise<string> }): Promise<string> {
  try {
    return await auth.getProjectId();
  } catch (error) {
    throw new LmsError('SETTINGS', 'the credentials name no project: say which one', { cause: error });
  }
}

/** Signs calls. gRPC's own way to do so expects an object of headers, which older signers returned. */
export function signedBy(signer: Signer): CallCredentials {
  return CallCredentials.createFromMetadataGenerator(({ service_url: url }, done) => {
    signer.getRequestHeaders(url).then(
      (headers) => {
        const metadata = new Metadata();
        for (const [name, value] of headers) metadata.set(name, value);
        done(null, metadata);
      },
      (error: unknown) => {
        done(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}

/** What a call on a topic, by its full name, has to carry: Google's front end routes it by this header. */
export function routedBy(topic: string): Metadata {
  const metadata = new Metadata();
  metadata.set('x-goog-request-params', `topic=${encodeURIComponent(topic)}`);
  return metadata;
}
