import { describe, expect, it } from 'vitest';
import { readAlone } from '../../../src/agent/formats/all.ts';
import { FormatDetector } from '../../../src/agent/formats/detect.ts';
import { CONTEXT } from './reading.ts';
import { SAMPLES } from './samples.ts';

function detector(...lines: ['access' | 'text' | 'json', number][]): FormatDetector {
  const made = new FormatDetector();
  for (const [format, count] of lines) for (let each = 0; each < count; each += 1) made.saw(format);
  return made;
}

describe('the format of a line', () => {
  it.each(SAMPLES)('is $format: $line', ({ format, line }) => {
    expect(readAlone(line, CONTEXT).format).toBe(format);
  });
});

describe('the format of a source', () => {
  it('is not known by too few lines', () => {
    expect(detector(['access', 49]).detection).toBeUndefined();
    expect(detector(['access', 49]).guess()).toEqual({ format: 'access', share: 1, lines: 49 });
    expect(detector().guess()).toBeUndefined();
  });

  it('is that of most of its first lines, and stays', () => {
    const made = detector(['text', 5], ['access', 45]);
    expect(made.detection).toEqual({ format: 'access', share: 0.9, lines: 50 });
    for (let each = 0; each < 1000; each += 1) made.saw('json');
    made.decide('csv');
    expect(made.detection).toEqual({ format: 'access', share: 0.9, lines: 50 });
  });

  it('is mixed if too many are of another', () => {
    expect(detector(['json', 30], ['access', 20]).detection).toEqual({
      format: 'mixed',
      share: 0.6,
      lines: 50,
    });
    expect(detector(['text', 49], ['json', 1]).detection).toEqual({
      format: 'mixed',
      share: 0.98,
      lines: 50,
    });
    expect(detector(['text', 50]).detection).toEqual({ format: 'text', share: 1, lines: 50 });
  });

  it('is what a header says', () => {
    const made = new FormatDetector();
    made.decide('csv');
    expect(made.detection).toEqual({ format: 'csv', share: 1, lines: 1 });
  });
});
