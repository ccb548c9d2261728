import { sleep, untilServerAnswers, WAITS_MS } from './reach.ts';

/** Addresses of stylesheets that failed. The build's own loader takes them for loaded, and does not try again. */
const failedStyles = new Set<string>();

/** Notices which stylesheets fail, so that they are loaded again with the part that they belong to. */
export function watchStyles(): void {
  addEventListener(
    'error',
    ({ target: link }) => {
      if (!(link instanceof HTMLLinkElement) || link.rel !== 'stylesheet') return;
      failedStyles.add(link.href);
      link.remove();
    },
    true,
  );
}

/**
 * Loads a part of the page by its `import`. Where that fails, it is tried again, as soon as the server answers.
 * Rejects if it fails although the server answers each time: the file is not there, or something keeps it away.
 */
export async function loadPart<Part>(load: () => Promise<Part>): Promise<Part> {
  for (const [tries, waitMs] of WAITS_MS.entries()) {
    try {
      // Not at first: what lacks nothing waits for no other part's styles.
      if (tries > 0) await Promise.all([...failedStyles].map(loadStyle));
      return await load();
    } catch {
      await sleep(waitMs);
      await untilServerAnswers();
    }
  }
  // A part without its styles is better than none.
  return load();
}

async function loadStyle(href: string): Promise<void> {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = href;
  await new Promise((loaded, failed) => {
    link.onload = loaded;
    link.onerror = failed;
    document.head.append(link);
  });
  failedStyles.delete(href);
}
