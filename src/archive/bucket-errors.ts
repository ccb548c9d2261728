/** The HTTP status that a request of the library failed with; undefined if there was no answer. */
export function statusOf(error: unknown): number | undefined {
  const code = Number(codeOf(error));
  return Number.isInteger(code) && code >= 300 && code < 600 ? code : undefined;
}

const BY_STATUS: Readonly<Record<number, string>> = {
  401: 'the credentials are not accepted: see GOOGLE_APPLICATION_CREDENTIALS, or `gcloud auth application-default login`',
  403: 'the account may not: it needs roles/storage.objectUser on the bucket to archive, roles/storage.objectViewer to read',
  404: 'there is no such bucket, or no such file in it',
  412: 'another process has written it meanwhile',
  429: 'the service asks for fewer requests',
};
const NO_ADDRESS = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE']);

/** Why a request of the library failed, for a person; what the service or the library says of it stands behind. */
export function explained(error: unknown): string {
  const said = error instanceof Error ? oneLine(error.message) : String(error);
  const status = statusOf(error);
  if (status !== undefined) return `${BY_STATUS[status] ?? `status ${status}`} (${said})`;
  if (/default credentials/i.test(said))
    return 'there are no credentials: GOOGLE_APPLICATION_CREDENTIALS names a key, or `gcloud auth application-default login` makes some';
  if (NO_ADDRESS.has(codeOf(error))) return `the service cannot be reached (${said})`;
  return said;
}

/** The body of an answer may be a page. */
function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
