import { readText } from './input-options.ts';
import { Complaint, type Read } from './quantities.ts';

/** What agent.yaml, or a flag, says of the agent itself. */
export interface AgentOptions {
  /** What entries are told apart by that several agents of a host send. */
  readonly name?: string;
  /** The directory in which it remembers how far it has come. */
  readonly state?: string;
  /** Of an `lms serve`. */
  readonly url?: string;
  readonly healthPort?: number;
}

/** Reads the options of an agent, by their names: the values of flags, or of agent.yaml. */
export const AGENT_READERS: {
  readonly [Name in keyof AgentOptions]-?: (value: unknown) => Read<NonNullable<AgentOptions[Name]>>;
} = { name: readText, state: readPath, url: readUrl, healthPort: readPort };

/** All names of options. */
export const AGENT_OPTION_NAMES = Object.keys(AGENT_READERS) as readonly (keyof AgentOptions)[];

function readPath(value: unknown): Read<string> {
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return value;
  return new Complaint('It should be the path of a directory.');
}

function readUrl(value: unknown): Read<string> {
  const url = typeof value === 'string' && /^https?:\/\//i.test(value) ? URL.parse(value) : null;
  if (url?.search !== '' || url.hash !== '')
    return new Complaint('It should be the URL of an `lms serve`, such as https://logs.example.com.');
  // Nobody may be asked with a password in the URL, and lists of processes would show it.
  if (url.username !== '' || url.password !== '')
    return new Complaint('It should have no user and no password: LMS_TOKEN has the token of the server.');
  return String(value);
}

function readPort(value: unknown): Read<number> {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535) return value;
  return new Complaint('It should be a port: a number from 1 to 65,535.');
}
