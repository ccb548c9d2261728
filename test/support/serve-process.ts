import { onTestFinished } from 'vitest';
import type { Environment } from '../../src/config/sources.ts';
import { type RunningLms, startLms } from '../cli/lms.ts';

/** A running `lms serve`. */
export interface ServeProcess extends Pick<RunningLms, 'ended' | 'printed' | 'stop'> {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** Answers to a path. */
  get(path: string, options?: RequestInit): Promise<Response>;
}

/** Starts `lms serve` on a free port; with `ofTest`, it is stopped when that test is over. */
export async function startServe(
  env: Environment,
  flags: readonly string[] = [],
  { ofTest = true }: { readonly ofTest?: boolean } = {},
): Promise<ServeProcess> {
  // Where a test has no Pub/Sub, nothing is to be looked for in Google Cloud.
  const tail: Environment = env['PUBSUB_EMULATOR_HOST'] === undefined ? { LMS_TAIL: 'off' } : {};
  const server = startLms(['serve', '--serve-port', '0', ...flags], { ...tail, ...env });
  if (ofTest) {
    onTestFinished(async () => {
      await server.stop();
    });
  }
  const { stdout, stderr } = await server.printed(/\n/);
  const url = /https?:\/\/[^/]+/.exec(stdout)?.[0];
  if (url === undefined) throw new Error(`lms serve did not start: ${stderr}`);
  return { ...server, url, get: (path, options) => fetch(`${url}${path}`, options) };
}
