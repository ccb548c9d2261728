import { describe, expect, it } from 'vitest';
import { serverOf } from '../../src/store/mysql/tags/server-version.ts';
import { heldValues, indexName, noteOf, pathsOf, taggedBy } from '../../src/store/tags/tag-index.ts';

describe('the index of a tag', () => {
  it('has a name of its own, though databases do not tell upper case from lower', () => {
    const tags = ['user', 'User', 'USER', 'a.b', 'a_b', 'Größe', 'x'.repeat(60), 'x'.repeat(61)];
    const names = tags.map(indexName);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(tags.length);
    for (const name of names) expect(name).toMatch(/^tag_[a-z0-9_]{1,60}$/);
    expect(indexName('user')).toBe('tag_user');
  });

  it('is known again by its note, and not by that of another form', () => {
    for (const tag of ['user', 'a.b', 'Größe x', 'a/b', '100%']) expect(taggedBy(noteOf(tag))).toBe(tag);
    expect(taggedBy(`CREATE INDEX tag_user ON service_logs (tags /* ${noteOf('user')} */, timestamp)`)).toBe(
      'user',
    );
    for (const note of [
      '',
      'what somebody noted',
      noteOf('user').replace('form 1', 'form 2'),
      'lms index of tag, form 1: %',
    ])
      expect(taggedBy(note)).toBeUndefined();
  });

  it('looks at the places of a name with dots in the order of the predicate', () => {
    expect(pathsOf(['a', 'b', 'c'])).toEqual(['$."a.b.c"', '$."a.b"."c"', '$."a"."b.c"', '$."a"."b"."c"']);
  });

  it('holds the first 191 characters, a surrogate pair being one', () => {
    expect(heldValues(['😀'.repeat(200), '😀'.repeat(300), 'x'])).toEqual(['😀'.repeat(191), 'x']);
  });
});

describe('a server that can have it', () => {
  it.each([
    '8.4.6',
    '9.7.4-2',
    '8.0.23-log',
    '10.11.17-MariaDB-log',
    '10.11.19-MariaDB-0+deb12u1',
    '11.8.7-MariaDB',
    '12.4.1-MariaDB',
  ])('is %s', (version) => {
    expect(serverOf(version).json('$."a"')).toContain('JSON_EXTRACT');
  });

  it.each([
    '8.0.22',
    '10.11.16-MariaDB',
    '10.5.29-MariaDB',
    '11.4.10-MariaDB',
    '12.2.2-MariaDB',
    '8.0.11-TiDB-v8.5.0',
    '8.0.30-Vitess',
  ])('is not %s', (version) => {
    expect(() => serverOf(version)).toThrow(expect.objectContaining({ code: 'INDEX' }));
  });
});
