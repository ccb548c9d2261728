export { type ClientOptions, LmsClient } from './client.ts';
export { LmsProblem, type ProblemCode, type ProblemDetails } from './problem.ts';
export type {
  Deletable,
  Deleted,
  EntriesPage,
  Entry,
  NewEntry,
  PageQuestion,
  Question,
  RequestOptions,
  SendOptions,
  Sent,
} from './types.ts';
