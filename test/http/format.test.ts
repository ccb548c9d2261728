import { describe, expect, it } from 'vitest';
import { asksForHtml, formatFor } from '../../src/http/format.ts';

describe('the format of an answer', () => {
  it.each([
    [undefined, 'json'],
    ['', 'json'],
    ['*/*', 'json'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'json'],
    ['application/x-ndjson', 'ndjson'],
    ['application/ndjson', 'ndjson'],
    ['text/csv; charset=utf-8', 'csv'],
    ['text/plain;q=0.2, TEXT/CSV;q=0.9', 'csv'],
    ['text/*', 'text'],
    ['application/json;q=0, text/plain', 'text'],
  ])('by Accept %s is %s', (accept, format) => {
    expect(formatFor(undefined, accept)).toBe(format);
  });

  it('is what is named, whatever Accept says', () => {
    expect(formatFor('csv', 'image/png')).toBe('csv');
  });

  it.each(['image/png', 'text/csv;q=0', 'nonsense'])('there is none for %s', (accept) => {
    expect(() => formatFor(undefined, accept)).toThrow(
      expect.objectContaining({ code: 'NOT_ACCEPTABLE' }) as Error,
    );
  });
});

it.each([
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', true],
  ['TEXT/HTML; charset=utf-8', true],
  ['application/json;q=0.5, text/html', true],
  ['text/html;q=0.5, application/json', false],
  ['application/json, text/html', false],
  ['application/vnd.elasticsearch+json; compatible-with=8,text/plain', false],
  ['text/html;q=0, */*', false],
  ['*/*', false],
  ['', false],
  [undefined, false],
])('Accept %s asks for a page: %s', (accept, isPage) => {
  expect(asksForHtml(accept)).toBe(isPage);
});
