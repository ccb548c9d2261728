import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOfLog } from '../../../src/agent/files/matching.ts';
import { NameIndex } from '../../../src/agent/files/name-index.ts';
import type { FileRecord } from '../../../src/agent/files/record.ts';
import { EMPTY_SPAN } from '../../../src/agent/files/span.ts';

function recordOf(path: string): FileRecord {
  const home = { path, inode: 1 };
  const rest = { offset: 0, size: 0, modifiedMs: 0, observations: [] };
  return { id: '0'.repeat(24), input: 'logs', path, home, head: EMPTY_SPAN, before: EMPTY_SPAN, ...rest };
}

describe('the originals of a name', () => {
  it('are found, and no others that share no beginning with it', () => {
    const index = new NameIndex<string>();
    for (const path of ['/a/app.log', '/b/app.log', '/a/other.log', '/a/x']) index.add(path, path);
    expect([...index.originalsOf('/a/app.log.1.gz')]).toEqual(['/a/app.log', '/b/app.log']);
    index.remove('/a/app.log', '/a/app.log');
    index.remove('/a/x', '/a/x');
    expect([...index.originalsOf('/a/app-20261125.log')]).toEqual(['/b/app.log']);
    expect([...index.originalsOf('/a/x.1')]).toEqual([]);
  });

  it('are all from which its file may be rotated away', () => {
    const name = fc
      .array(fc.constantFrom('app', '.log', '.gz', '.1', '-20261125', '.', '_', '7', 'old', '.x'), {
        minLength: 1,
        maxLength: 4,
      })
      .map((parts) => parts.join(''));
    const suffix = fc.constantFrom('', '.1', '.12', '.gz', '.3.gz', '-20261125', '.old', '-2026.gz', '.log');
    fc.assert(
      fc.property(name, suffix, fc.option(name), (original, added, other) => {
        const [path, rotated] = [`/logs/${original}`, `/logs/${other ?? original}${added}`];
        const index = new NameIndex<string>();
        index.add(path, path);
        if (isOfLog(rotated, recordOf(path))) expect([...index.originalsOf(rotated)]).toEqual([path]);
        // It may be the same path again.
        expect([...index.originalsOf(path)]).toEqual([path]);
      }),
      { numRuns: 3_000 },
    );
  });
});
