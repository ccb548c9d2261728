import { describe, expect, it } from 'vitest';
import { SpareBuffers } from '../../src/pubsub/spare-buffers.ts';

describe('spare buffers', () => {
  it('have the size that is asked for, and are used again once they are given back', () => {
    const buffers = new SpareBuffers();
    const first = buffers.take(100_000);
    expect(first).toHaveLength(100_000);
    expect(buffers.take(100_000).buffer).not.toBe(first.buffer);
    buffers.give(first);
    const again = buffers.take(120_000);
    expect(again).toHaveLength(120_000);
    expect(again.buffer).toBe(first.buffer);
    expect(buffers.take(10).buffer).not.toBe(first.buffer);
  });

  it('are large enough', () => {
    const buffers = new SpareBuffers();
    buffers.give(buffers.take(10));
    expect(buffers.take(1_000_000)).toHaveLength(1_000_000);
    expect(buffers.take(0)).toHaveLength(0);
  });

  it('are few, and none of them large', () => {
    const buffers = new SpareBuffers();
    const large = buffers.take(9_000_000);
    buffers.give(large);
    expect(buffers.take(10).buffer).not.toBe(large.buffer);
    const given = Array.from({ length: 20 }, () => buffers.take(10));
    for (const each of given) buffers.give(each);
    const taken = new Set(Array.from({ length: 20 }, () => buffers.take(10).buffer));
    expect(given.filter(({ buffer }) => taken.has(buffer))).toHaveLength(8);
  });
});
