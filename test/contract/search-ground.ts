import { afterAll, beforeAll } from 'vitest';
import type { Means } from '../../src/query/answers/page.ts';
import type { EntryReader } from '../../src/query/answers/ports.ts';
import { openEntryReader } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { SILENT, type StoreSubject } from './store-subject.ts';

/** What the tests of a search work with: our tables in a database of their own, a store and a reader. */
export class SearchGround {
  #opened:
    { readonly subject: StoreSubject; readonly store: Store; readonly reader: EntryReader } | undefined;

  /** Is there before the tests of this `describe`, and removed after them. */
  constructor(makeSubject: () => Promise<StoreSubject>) {
    beforeAll(async () => {
      const subject = await makeSubject();
      const store = await subject.open();
      await store.migrate();
      const reader = await openEntryReader(subject.target, { log: SILENT });
      this.#opened = { subject, store, reader };
    });
    afterAll(async () => {
      await this.reader.close();
      await this.subject.dispose();
    });
  }

  get subject(): StoreSubject {
    return this.#ground.subject;
  }

  get store(): Store {
    return this.#ground.store;
  }

  get reader(): EntryReader {
    return this.#ground.reader;
  }

  /** With a budget that is enough for any question. */
  means(): Means {
    return {
      reader: this.reader,
      budget: { maxMs: 60_000, maxRows: 10_000_000 },
      now: () => performance.now(),
      signal: new AbortController().signal,
    };
  }

  get #ground() {
    if (this.#opened === undefined) throw new Error('tests have not begun');
    return this.#opened;
  }
}
