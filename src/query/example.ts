import type { Filtered } from './predicate.ts';

/** Entries by what they differ in. */
export type ExampleEntry = Partial<Omit<Filtered, 'tags'>> & {
  /** JSON text of the tags, without the braces around it. */
  readonly tags?: string;
};

/** An expression, in words and by what it finds. */
export interface Example {
  readonly expression: string;
  readonly meaning: string;
  readonly finds: readonly ExampleEntry[];
  readonly misses: readonly ExampleEntry[];
}

/** Something that the language can say: a part of its page. */
export interface Topic {
  readonly title: string;
  /** Paragraphs of Markdown. */
  readonly text: string;
  readonly examples: readonly Example[];
}
