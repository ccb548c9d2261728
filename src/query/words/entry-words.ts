import { isJsonObject, type JsonObject } from '../../logs/json.ts';
import { fold } from '../filter.ts';
import type { Filtered } from '../predicate.ts';
import { parseTags, textOf } from '../tags.ts';
import { WordScanner } from './scan-words.ts';
import { COMPOUND, joined, type Word, wordOf, type WordSink } from './word.ts';

/** A name of a tag, with those of the objects around it, that a filter could ask for: the longest expression. */
export const MAX_NAME_LENGTH = 4_096;
/** Names that are remembered, texts, and texts of a name. */
const MAX_KNOWN = 20_000;
const MAX_KNOWN_OF_NAME = 5_000;
/** Longer texts are not remembered. */
const MAX_KNOWN_LENGTH = 200;

/** The word that says that a tag is there. */
export function tagNameWord(name: string): Word {
  const { one, other } = wordOf(name);
  return { one: joined(COMPOUND.tagName, one), other: joined(COMPOUND.tagName, other) };
}

/** The word that says that a tag has a value of this text, or an element with it. */
export function tagWord(name: Word, value: Word): Word {
  return {
    one: joined(joined(COMPOUND.tag, name.one), value.one),
    other: joined(joined(COMPOUND.tag, name.other), value.other),
  };
}

/**
 * Hands over the words of entries: those of the payload and of the texts of tags, folded, and each tag's name
 * and value. For as long as nothing is forgotten, what was handed over before may be left out.
 */
export class EntryWords {
  readonly #sink: WordSink;
  readonly #scanner: WordScanner;
  readonly #names = new Map<string, Name>();
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
      for (const key of Object.keys(next.object)) {
        const name = next.prefix + key;
        const value = next.object[key];
        if (name.length <= MAX_NAME_LENGTH) this.#addTag(name, value);
        if (isJsonObject(value) && name.length < MAX_NAME_LENGTH)
          left.push({ object: value, prefix: `${name}.` });
      }
    }
  }

  #addTag(name: string, value: unknown): void {
    const known = this.#nameOf(name);
    if (Array.isArray(value)) for (const element of value) this.#addValue(known, textOf(element));
    else this.#addValue(known, textOf(value));
  }

  /** Most rows have the values of others: then nothing of a value need be looked at. */
  #addValue({ word, texts }: Name, text: string | undefined): void {
    if (text === undefined || texts.has(text)) return;
    if (text.length <= MAX_KNOWN_LENGTH && texts.size < MAX_KNOWN_OF_NAME) texts.add(text);
    const { one, other } = tagWord(word, wordOf(text));
    this.#sink.add(one, other, text.length);
    if (this.#texts.has(text)) return;
    if (text.length <= MAX_KNOWN_LENGTH && this.#texts.size < MAX_KNOWN) this.#texts.add(text);
    this.#scanner.scan(fold(text));
  }

  /** Handed over where it is not known yet. */
  #nameOf(name: string): Name {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const word = tagNameWord(name);
    this.#sink.add(word.one, word.other, name.length);
    const found = { word, texts: new Set<string>() };
    if (name.length <= MAX_KNOWN_LENGTH && this.#names.size < MAX_KNOWN) this.#names.set(name, found);
    return found;
  }
}

/** A tag's name, and texts that its values had. */
interface Name {
  readonly word: Word;
  readonly texts: Set<string>;
}
