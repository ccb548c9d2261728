import type { Filter } from '../filter.ts';

/** Every entry that a filter matches has one of these texts as the value of this tag, or in a list there. */
export interface TagTexts {
  readonly name: string;
  readonly texts: readonly string[];
}

/** Of more alternatives an index is not asked one by one. */
const MAX_TEXTS = 20;

/** The tags that a filter asks for by their values. What it says of them otherwise is left out. */
export function tagBoundsOf(filter: Filter): readonly TagTexts[] {
  return [...textsUnder(filter)]
    .map(([name, texts]) => ({ name, texts: [...texts] }))
    .filter(({ texts }) => texts.length <= MAX_TEXTS);
}

type Texts = ReadonlyMap<string, ReadonlySet<string>>;

const NONE: Texts = new Map();

function textsUnder(filter: Filter): Texts {
  switch (filter.kind) {
    case 'tag':
      return filter.test.kind === 'equals' ? new Map([[filter.name, new Set([filter.test.text])]]) : NONE;
    case 'and':
      return filter.of.map(textsUnder).reduce(both, NONE);
    case 'or':
      return filter.of.map(textsUnder).reduce(either);
    case 'everything':
    case 'not':
    case 'term':
    case 'substring':
    case 'column':
    case 'severity':
    case 'time':
      return NONE;
  }
}

/** A list may have two texts: one of the bounds holds, and the smaller says more. */
function both(one: Texts, other: Texts): Texts {
  const all = new Map(one);
  for (const [name, texts] of other) {
    const known = all.get(name);
    if (known === undefined || texts.size < known.size) all.set(name, texts);
  }
  return all;
}

function either(one: Texts, other: Texts): Texts {
  const common = [...one].flatMap(([name, texts]) => {
    const more = other.get(name);
    return more === undefined ? [] : [[name, new Set([...texts, ...more])] as const];
  });
  return new Map(common);
}
