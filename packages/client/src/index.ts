export { LmsProblem, type ProblemDetails, type RefusedRecord } from './problem.ts';
