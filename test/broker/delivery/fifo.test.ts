import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Fifo } from '../../../src/broker/delivery/fifo.ts';

it('what was pushed comes out in the same order, whatever is taken in between', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -2_500, max: 3_000 }), { maxLength: 20 }), (steps) => {
      const [fifo, model] = [new Fifo<number>(), [] as number[]];
      let next = 0;
      for (const step of steps) {
        for (let pushed = 0; pushed < step; pushed += 1) {
          fifo.push(next);
          model.push(next);
          next += 1;
        }
        for (let taken = 0; taken < -step; taken += 1) {
          expect(fifo.peek()).toBe(model[0]);
          expect(fifo.shift()).toBe(model.shift());
        }
        expect(fifo.length).toBe(model.length);
      }
    }),
    { numRuns: 30 },
  );
});
