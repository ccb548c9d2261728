/** A value of a JSON text: where it stands there, so that nothing of how it was written is lost. */
export type JsonNode = JsonLeaf | JsonBranch;

export interface JsonLeaf {
  readonly kind: 'string' | 'number' | 'word';
  readonly start: number;
  readonly end: number;
}

export interface JsonBranch {
  readonly kind: 'object' | 'list';
  readonly start: number;
  readonly end: number;
  readonly members: readonly JsonMember[];
}

export interface JsonMember {
  /** Of an object's member, as it means; undefined in a list. */
  readonly name: string | undefined;
  readonly node: JsonNode;
}

/** A JSON text with what it consists of. */
export interface JsonTree {
  readonly source: string;
  readonly root: JsonBranch;
}

/** JSON that a payload is, or ends in. */
export interface JsonInPayload {
  readonly prefix: string;
  readonly tree: JsonTree;
}

/** Deeper than any log that a person reads, and far from what a stack can hold. */
const MAX_DEPTH = 200;
/** Longer payloads are text: a tree of them would take the page's time. */
const MAX_LENGTH = 4_000_000;
/** JSON after other text begins within so many characters, and is looked for at so many places. */
const MAX_PREFIX = 2_048;
const MAX_TRIES = 8;

/** The tree of a JSON text that is an object or a list; undefined if it is none, or too deep. */
export function parseJsonTree(source: string): JsonTree | undefined {
  if (source.length > MAX_LENGTH || !isJson(source)) return undefined;
  const root = new TreeReader(source).read();
  return root === undefined || root.kind === 'object' || root.kind === 'list'
    ? root && { source, root }
    : undefined;
}

/** A payload that is JSON, or text that ends in JSON; undefined if it is neither. */
export function jsonInPayload(payload: string): JsonInPayload | undefined {
  if (!/[}\]]\s*$/.test(payload.slice(-64))) return undefined;
  const places = [...payload.slice(0, MAX_PREFIX).matchAll(/[{[]/g)].slice(0, MAX_TRIES);
  for (const { index } of places) {
    const tree = parseJsonTree(payload.slice(index));
    // `worker [7]` is no JSON to anybody.
    if (tree === undefined || (index > 0 && !isWorthATree(tree.root))) continue;
    return { prefix: payload.slice(0, index), tree };
  }
  return undefined;
}

/** A value as it is written. */
export function sourceOf({ source }: JsonTree, { start, end }: JsonNode): string {
  return source.slice(start, end);
}

/** What a value is as text: a string without its quotes, everything else as it is written. */
export function textOf(tree: JsonTree, node: JsonNode): string {
  const written = sourceOf(tree, node);
  return node.kind === 'string' ? (JSON.parse(written) as string) : written;
}

/** Where a value stands, as jq has it: `.a["b c"][0]`. */
export function jsonPath(names: readonly (string | number)[]): string {
  const steps = names.map((name, place) => {
    if (typeof name === 'number') return `[${name}]`;
    if (/^[A-Za-z_]\w*$/.test(name)) return `.${name}`;
    return `${place === 0 ? '.' : ''}[${JSON.stringify(name)}]`;
  });
  const path = steps.join('');
  return path.startsWith('.') ? path : `.${path}`;
}

function isWorthATree({ kind, members }: JsonBranch): boolean {
  return kind === 'object' || members.some(({ node }) => node.kind === 'object');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Reads a text that is known to be JSON. */
class TreeReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Undefined: too deep. */
  read(): JsonNode | undefined {
    this.#skipSpace();
    const start = this.#at;
    switch (this.#text.charAt(start)) {
      case '{':
        return this.#readBranch('object', '}');
      case '[':
        return this.#readBranch('list', ']');
      case '"':
        this.#skipString();
        return { kind: 'string', start, end: this.#at };
      default: {
        while (/[\w+.-]/.test(this.#text.charAt(this.#at))) this.#at += 1;
        const kind = /[\d-]/.test(this.#text.charAt(start)) ? 'number' : 'word';
        return { kind, start, end: this.#at };
      }
    }
  }

  #readBranch(kind: JsonBranch['kind'], last: string): JsonBranch | undefined {
    if (this.#depth === MAX_DEPTH) return undefined;
    this.#depth += 1;
    const start = this.#at;
    const members: JsonMember[] = [];
    this.#at += 1;
    for (;;) {
      this.#skipSpace();
      if (this.#text[this.#at] === last) break;
      if (this.#text[this.#at] === ',') {
        this.#at += 1;
        continue;
      }
      const name = kind === 'object' ? this.#readName() : undefined;
      const node = this.read();
      if (node === undefined) return undefined;
      members.push({ name, node });
    }
    this.#at += 1;
    this.#depth -= 1;
    return { kind, start, end: this.#at, members };
  }

  #readName(): string {
    const start = this.#at;
    this.#skipString();
    const name = JSON.parse(this.#text.slice(start, this.#at)) as string;
    this.#skipSpace();
    this.#at += 1;
    return name;
  }

  #skipString(): void {
    let end = this.#at;
    let escapes: number;
    do {
      end = this.#text.indexOf('"', end + 1);
      escapes = 0;
      while (this.#text[end - 1 - escapes] === '\\') escapes += 1;
    } while (escapes % 2 === 1);
    this.#at = end + 1;
  }

  #skipSpace(): void {
    while (' \n\r\t'.includes(this.#text[this.#at] ?? '#')) this.#at += 1;
  }
}
