import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { hasColors } from '../../../src/cli/output/style.ts';

const terminal = Object.assign(new PassThrough(), { isTTY: true });
const pipe = new PassThrough();

describe('colours', () => {
  it.each([
    ['auto', {}, terminal, true],
    ['auto', {}, pipe, false],
    ['auto', { NO_COLOR: '1' }, terminal, false],
    ['auto', { NO_COLOR: '' }, terminal, true],
    ['auto', { TERM: 'dumb' }, terminal, false],
    ['always', { NO_COLOR: '1' }, pipe, true],
    ['never', {}, terminal, false],
  ] as const)('%s with %j: %#', (choice, env, stdout, expected) => {
    expect(hasColors(choice, { env, stdout })).toBe(expected);
  });
});
