/** Where a page is, and whether its server wants a token. */
export interface PagePlace {
  readonly href: string;
  readonly needsToken: boolean;
}

/** What a person types to send a line to the server of a page. */
export function curlCommand({ href, needsToken }: PagePlace, line: string): string {
  const url = new URL('api/v1/entries', new URL('.', href));
  const body = JSON.stringify({ service_name: 'hello', severity: 'info', payload: line });
  const token = needsToken ? ` \\\n  -H "Authorization: Bearer $LMS_TOKEN"` : '';
  return `curl -s ${quoted(url.href)} -H 'Content-Type: application/json'${token} \\\n  -d ${quoted(body)}`;
}

/** The same by Pub/Sub. */
export function pubCommand(line: string): string {
  return `echo ${quoted(JSON.stringify({ service_name: 'hello', severity: 'info', payload: line }))} | lms pub`;
}

/** For a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
