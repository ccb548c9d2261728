import type { FollowedFile } from './followed-file.ts';

/** The format of several files: the one that all have of which it is known, or that they are of several. */
export function formatOf(
  files: readonly FollowedFile[],
  when: { readonly isEnded: boolean },
): string | undefined {
  const formats = new Set(
    files.map(({ reading }) => reading.format(when)).filter((format) => format !== undefined),
  );
  const [first] = formats;
  return formats.size > 1 ? 'several' : first;
}
