import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** The list of lines of a page, as who looks at it sees it. */
export class WebLines {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** The ids of the lines that are in the document, from top to bottom. */
  ids(): Promise<string[]> {
    return this.#page.evaluate(
      `[...document.querySelectorAll('[data-line]')]
         .map((line) => [line.getBoundingClientRect().top, line.dataset.line])
         .toSorted(([one], [other]) => one - other)
         .map(([, id]) => id)`,
    );
  }

  /** The texts of lines that are wholly in sight, with how far below the upper end of the list they stand. */
  inSight(): Promise<{ text: string; top: number }[]> {
    return this.#page.evaluate(
      `(() => {
         const list = document.querySelector('#lines').getBoundingClientRect();
         return [...document.querySelectorAll('[data-line]')]
           .map((line) => ({ box: line.getBoundingClientRect(), text: line.lastElementChild.textContent }))
           .filter(({ box }) => box.top >= list.top && box.bottom <= list.bottom)
           .map(({ box, text }) => ({ text, top: Math.round(box.top - list.top) }))
           .toSorted((one, other) => one.top - other.top);
       })()`,
    );
  }

  /** Where a line stands; undefined: it is not in sight. */
  async topOf(text: string): Promise<number | undefined> {
    return (await this.inSight()).find((line) => line.text === text)?.top;
  }

  /** Scrolls as a wheel does. */
  async wheel(pixels: number): Promise<void> {
    await this.#page.locator('#lines').hover();
    await this.#page.mouse.wheel(0, pixels);
    // Two frames: one in which it scrolls, and one in which the list has been shown anew.
    await this.#page.evaluate('new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))');
  }

  /** Scrolls in one direction until it is said that there is no more; returns every line that was in the document. */
  async scrollToEnd(side: 'older' | 'newer', step: number): Promise<Set<string>> {
    const seen = new Set<string>();
    const end = this.#page.locator(`[data-side="${side}"][data-state="end"]`);
    for (let steps = 0; steps < 1_000; steps++) {
      for (const id of await this.ids()) seen.add(id);
      const isOver = await this.#page.evaluate(
        `(({ scrollTop, scrollHeight, clientHeight }) =>
           ${side === 'older' ? 'scrollTop < 1' : 'scrollHeight - scrollTop - clientHeight < 1'})(document.querySelector('#lines'))`,
      );
      if (isOver === true && (await end.count()) > 0) return seen;
      await this.wheel(side === 'older' ? -step : step);
    }
    throw new Error('there is always more');
  }

  /** Waits until a line stands somewhere in sight. */
  async waitFor(text: string): Promise<number> {
    await expect.poll(() => this.topOf(text), { timeout: 20_000 }).toBeDefined();
    return (await this.topOf(text)) ?? NaN;
  }
}
