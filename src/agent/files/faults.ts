const WHY: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  EROFS: 'the file system is read-only',
  ENOENT: 'it is not there',
  EEXIST: 'there is a file of that name',
  ENOTDIR: 'a part of its path is no directory',
  EISDIR: 'it is a directory',
  ELOOP: 'its symbolic links go in a circle',
  EIO: 'the disk cannot be read or written',
  ESTALE: 'it is not there any more on the server of the network file system',
  EMFILE: 'this process has too many open files',
  ENFILE: 'the machine has too many open files',
};

/** The system's code of an error, such as `ENOENT`; empty if it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Why something failed, in words. */
export function whyOf(error: unknown): string {
  return WHY[codeOf(error)] ?? (error instanceof Error ? error.message : String(error));
}

/** Whether a path leads to no file: there is nothing, and no more to be known. */
export function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(codeOf(error));
}

const MAX_REASONS = 3;

/** Several reasons in a line: the first of them, and how many more there are. */
export function reasonOf(reasons: readonly string[]): string {
  const rest = reasons.length - MAX_REASONS;
  const first = reasons.slice(0, MAX_REASONS).join('; ');
  return rest > 0 ? `${first}; and ${rest} more` : first;
}
