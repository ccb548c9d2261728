export type { Entry } from './entry.ts';
export { createPublisher, type Publisher, type PublisherOptions } from './publisher.ts';
export type { Counts } from './sender.ts';
export type { TargetOptions } from './target.ts';
