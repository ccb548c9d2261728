import { isJsonObject, type JsonObject } from '../../logs/json.ts';
import { fold } from '../filter.ts';
import type { Filtered } from '../predicate.ts';
import { parseTags, textOf } from '../tags.ts';
import { WordScanner } from './scan-words.ts';
import { COMPOUND, joined, type Word, wordOf, type WordSink } from './word.ts';

/** A name of a tag, with those of the objects around it, that a filter could ask for: the longest expression. */
export const MAX_NAME_LENGTH = 4_096;
/** Names and texts that are remembered. */
const MAX_KNOWN = 20_000;
/** Longer texts are not remembered. */
const MAX_KNOWN_LENGTH = 200;

/** The word that says that a tag is there. */
export function tagNameWord(name: string): Word {
  return compoundOf(COMPOUND.tagName, [wordOf(name)]);
}

/** The word that says that a tag has a value of this text, or an element with it. */
export function tagWord(name: Word, value: Word): Word {
  return compoundOf(COMPOUND.tag, [name, value]);
}

function compoundOf(kind: number, parts: readonly Word[]): Word {
  return {
    one: parts.reduce((before, part) => joined(before, part.one), kind),
    other: parts.reduce((before, part) => joined(before, part.other), kind),
  };
}

/**
 * Hands over the words of entries: those of the payload and of the texts of tags, folded, and each tag's name
 * and value. For as long as nothing is forgotten, what was handed over before may be left out.
 */
export class EntryWords {
  readonly #sink: WordSink;
  readonly #scanner: WordScanner;
  readonly #names = new Map<string, Word>();
  readonly #texts = new Set<string>();

  constructor(sink: WordSink) {
    this.#sink = sink;
    this.#scanner = new WordScanner(sink);
  }

  add({ payload, tags }: Pick<Filtered, 'payload' | 'tags'>): void {
    this.#scanner.scan(fold(payload));
    if (tags !== null) this.#addTags(parseTags(tags));
  }

  #addTags(tags: JsonObject): void {
    const left: { readonly object: JsonObject; readonly prefix: string }[] = [{ object: tags, prefix: '' }];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      for (const [key, value] of Object.entries(next.object)) {
        const name = next.prefix + key;
        if (name.length <= MAX_NAME_LENGTH) this.#addTag(name, value);
        if (isJsonObject(value) && name.length < MAX_NAME_LENGTH)
          left.push({ object: value, prefix: `${name}.` });
      }
    }
  }

  #addTag(name: string, value: unknown): void {
    const word = this.#nameWord(name);
    if (Array.isArray(value)) for (const element of value) this.#addValue(word, textOf(element));
    else this.#addValue(word, textOf(value));
  }

  #addValue(name: Word, text: string | undefined): void {
    if (text === undefined) return;
    const { one, other } = tagWord(name, wordOf(text));
    this.#sink.add(one, other, text.length);
    if (this.#texts.has(text)) return;
    if (text.length <= MAX_KNOWN_LENGTH && this.#texts.size < MAX_KNOWN) this.#texts.add(text);
    this.#scanner.scan(fold(text));
  }

  /** Handed over where it is not known yet. */
  #nameWord(name: string): Word {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const word = tagNameWord(name);
    this.#sink.add(word.one, word.other, name.length);
    if (name.length <= MAX_KNOWN_LENGTH && this.#names.size < MAX_KNOWN) this.#names.set(name, word);
    return word;
  }
}
