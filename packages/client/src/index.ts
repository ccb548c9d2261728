export { type ClientOptions, LmsClient } from './client.ts';
export { LmsProblem, type ProblemCode, type ProblemDetails } from './problem.ts';
export type { TailNote, TailOptions, TailProgress, TailQuestion } from './tailing.ts';
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
  TailEntry,
} from './types.ts';
export type { WaitOptions } from './waiting.ts';
