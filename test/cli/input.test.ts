import { closeSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { PassThrough } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { openInput } from '../../src/cli/input.ts';

it('standard input that is a directory is refused, though Node takes it for empty', async () => {
  const fd = openSync(tmpdir(), 'r');
  onTestFinished(() => closeSync(fd));
  const stdin = Object.assign(new PassThrough(), { fd });
  await expect(openInput('-', { stdin })).rejects.toMatchObject({
    code: 'INPUT',
    message: 'cannot read standard input: it is a directory',
  });
});
