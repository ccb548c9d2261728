import { type Wrapping, type WrappingName, WRAPPINGS } from '../formats/containers.ts';
import type { Fragment } from './fragment.ts';

/** So many lines are looked at for a container runtime's form. */
const LINES_TO_UNWRAP = 50;

/** Takes off what a container runtime put around lines: the one that is named, or that a first line shows. */
export class Unwrapper {
  #wrapping: Wrapping | undefined;
  #linesToLookAt: number;

  /** Without a name it is looked for only if `isSearched`. */
  constructor(name: string | undefined, isSearched: boolean) {
    this.#wrapping = WRAPPINGS.find((wrapping) => wrapping.name === name);
    this.#linesToLookAt = isSearched ? LINES_TO_UNWRAP : 0;
  }

  /** Undefined if none wrote the source, or there were too few lines to tell. */
  get name(): WrappingName | undefined {
    return this.#wrapping?.name;
  }

  /** What is inside the line; the line itself if there is nothing around it. */
  open(fragment: Fragment): Fragment {
    const { text, piece } = fragment;
    if (piece > 0) return fragment;
    const candidates = this.#wrapping === undefined ? this.#searched() : [this.#wrapping];
    for (const wrapping of candidates) {
      const container = wrapping.open(text);
      if (container === undefined) continue;
      this.#wrapping = wrapping;
      return { ...fragment, text: container.text, container };
    }
    return this.#wrapping === undefined || text === ''
      ? fragment
      : { ...fragment, misfit: this.#wrapping.name };
  }

  #searched(): readonly Wrapping[] {
    if (this.#linesToLookAt === 0) return [];
    this.#linesToLookAt -= 1;
    return WRAPPINGS;
  }
}
