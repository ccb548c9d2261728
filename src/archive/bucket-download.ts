import type { File } from '@google-cloud/storage';

/**
 * The bytes of a file from one on, by one request of our own, with the sign-in of the library. Its own stream
 * throws where nobody can catch it when the service answers with a failure, and warns of a leak with every file.
 * Rejects with an error whose `code` is the status, for any but success.
 */
export async function* download(
  file: File,
  start: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, undefined> {
  const url = `${file.storage.apiEndpoint}/storage/v1/b/${file.bucket.name}/o/${encodeURIComponent(file.name)}?alt=media`;
  const headers = await signedIn(file, url);
  if (start > 0) headers.set('range', `bytes=${start}-`);
  const response = await fetch(url, { headers, ...(signal && { signal }) });
  if (response.status !== (start > 0 ? 206 : 200)) throw await refusal(response);
  for await (const chunk of response.body ?? []) yield chunk;
}

async function signedIn({ storage }: File, url: string): Promise<Headers> {
  // A stand-in asks for none.
  if (storage.customEndpoint && storage.useAuthWithCustomEndpoint !== true) return new Headers();
  return new Headers(await storage.authClient.getRequestHeaders(url));
}

async function refusal(response: Response): Promise<Error> {
  const text = await response.text().catch(() => '');
  return Object.assign(new Error(text === '' ? response.statusText : text), { code: response.status });
}
