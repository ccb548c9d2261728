import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/errors/catalogue.ts';
import { PROBLEMS } from '../../src/http/problems.ts';
import type { RejectionCode } from '../../src/logs/rejection.ts';
import { DEAD_LETTER_ATTRIBUTES } from '../../src/pubsub/dead-letter-message.ts';

const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

/** Has to name every code, and no other: the type checker sees to that. */
const REJECTIONS: Record<RejectionCode, true> = {
  empty_data: true,
  bad_compression: true,
  unpacks_too_large: true,
  not_utf8: true,
  not_json: true,
  not_an_object: true,
  too_many_entries: true,
  too_many_values: true,
  unknown_shape: true,
  missing_field: true,
  wrong_type: true,
  empty_service_name: true,
  service_name_too_long: true,
  unknown_severity: true,
  bad_timestamp: true,
  malformed_unicode: true,
  too_deep: true,
  tag_name_too_long: true,
  too_large: true,
  decoder_failed: true,
  row_refused: true,
};

/** The cells of the table under a heading of the page, without its two head lines. */
function tableUnder(heading: string): string[][] {
  const section = page.split(/^## /m).find((text) => text.startsWith(heading)) ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe('docs/errors.md', () => {
  it('has every error of the catalogue, with its exit status and what to do, and no other', () => {
    const documented = tableUnder('When a command ends').map(([code, status, , todo]) => [
      code,
      status,
      todo,
    ]);
    const catalogue = Object.entries(CATALOGUE).map(([code, entry]) => [
      code,
      String(entry.exitStatus),
      entry.todo,
    ]);
    expect(documented).toEqual(catalogue);
  });

  it('has every problem that requests are answered with, and its status, and no other', () => {
    const documented = tableUnder('When a request is answered').map(([code, status]) => [code, status]);
    const problems = Object.entries(PROBLEMS).map(([code, { status }]) => [code, String(status)]);
    expect(documented).toEqual(problems);
  });

  it('has every rejection code, and no other', () => {
    const documented = tableUnder('When a message is rejected').map(([code]) => code);
    expect(documented).toEqual(Object.keys(REJECTIONS));
  });

  it('has every attribute that LMS gives a dead letter, and no other', () => {
    const documented = tableUnder('What a dead letter carries').map(([name]) => name);
    expect(documented.sort()).toEqual(
      Object.values(DEAD_LETTER_ATTRIBUTES)
        .map((name) => `\`${name}\``)
        .sort(),
    );
  });

  it('says what each one means', () => {
    for (const heading of [
      'When a command ends',
      'When a request is answered',
      'When a message is rejected',
    ]) {
      for (const cells of tableUnder(heading)) expect(cells.every((cell) => cell.length > 0)).toBe(true);
    }
  });
});

describe('the catalogue', () => {
  it('has an exit status of its own for every kind of failure; 1 and 2 are for what was asked', () => {
    const statuses = Object.values(CATALOGUE).map(({ exitStatus }) => exitStatus);
    const others = statuses.filter((status) => status > 2 && status !== 130);
    expect(new Set(others).size).toBe(others.length);
    expect(statuses.every((status) => status >= 1)).toBe(true);
    expect(others.every((status) => status < 70)).toBe(true);
    const ofTwo = Object.entries(CATALOGUE).filter(([, { exitStatus }]) => exitStatus === 2);
    expect(ofTwo.map(([code]) => code)).toEqual([
      'SETTINGS',
      'EXPRESSION',
      'QUESTION',
      'RULES',
      'CURSOR',
      'HOLD',
    ]);
  });
});
