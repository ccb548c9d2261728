import { text } from '../text.ts';

const MOST_CHARACTERS = 40;
/** A service alone, as it is written in an expression. */
const SERVICE = /(?:^|\s|\()(?:service|service_name)[:=]("[^"]+"|[^\s()]+)/;

/** The title of a tab: how many errors are shown, and of what. */
export function titleOf(q: string, errors: number): string {
  return [errors > 0 ? text.lines.errors(errors) : '', subjectOf(q), text.app.name]
    .filter((part) => part !== '')
    .join(' · ');
}

/** What an expression is about: its service, if it names one, otherwise its beginning. */
function subjectOf(q: string): string {
  const service = SERVICE.exec(q)?.[1]?.replaceAll('"', '');
  const subject = (service ?? q).trim().replaceAll(/\s+/g, ' ');
  if (subject === '') return text.app.pages.logs;
  return subject.length > MOST_CHARACTERS ? `${subject.slice(0, MOST_CHARACTERS)}…` : subject;
}
