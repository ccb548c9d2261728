import { describe, expect, it } from 'vitest';
import { memberAt, withMembers, withoutMembers } from '../../src/logs/members.ts';
import { SharedObjects } from '../../src/logs/shared-objects.ts';

/** An object that counts how often its members are listed. */
function counted<T extends object>(object: T): { readonly proxy: T; readonly count: { listed: number } } {
  const count = { listed: 0 };
  const proxy = new Proxy(object, {
    ownKeys(target) {
      count.listed += 1;
      return Reflect.ownKeys(target);
    },
  });
  return { proxy, count };
}

describe('the members of an object', () => {
  it.each(['constructor', 'constructor.name', '__proto__', '__proto__.constructor', 'a.toString', 'a.b.c'])(
    'what it inherits is none of them: %s',
    (name) => {
      expect(memberAt({ a: {} }, name)).toBeUndefined();
    },
  );

  it('are found by their names, whatever these are', () => {
    const object = JSON.parse('{"__proto__":{"constructor":1},"a":{"b":{"c":2}},"x":{"y.z":3}}') as object;
    const names = ['__proto__.constructor', 'a.b.c', 'x.y.z'];
    expect(names.map((name) => memberAt({ ...object }, name))).toEqual([1, 2, 3]);
  });

  it('are added to those of another, whatever their names are', () => {
    const members = JSON.parse('{"__proto__":1,"constructor":2,"a":3}') as Record<string, unknown>;
    const merged = withMembers({ a: 0 }, 'rest', members);
    expect(JSON.stringify(merged)).toBe('{"a":0,"__proto__":1,"constructor":2,"rest":{"a":3}}');
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
  });
});

describe('an object without some of its members', () => {
  it.each([
    [['a'], { 'b.c': 2, b: { c: 3, d: 4 } }],
    [['b.c'], { a: 1, b: { c: 3, d: 4 } }],
    [['b.c', 'b.c'], { a: 1, b: { d: 4 } }],
    [['b.c', 'b.c', 'b.d'], { a: 1 }],
    [['b'], { a: 1, 'b.c': 2 }],
    [['x', 'x.y', 'a.y'], { a: 1, 'b.c': 2, b: { c: 3, d: 4 } }],
  ])('%j', (names, left) => {
    const object = { a: 1, 'b.c': 2, b: { c: 3, d: 4 } };
    expect(JSON.parse(JSON.stringify(withoutMembers(object, names)))).toEqual(left);
    expect(object).toEqual({ a: 1, 'b.c': 2, b: { c: 3, d: 4 } });
  });

  it('is copied once, however many they are', () => {
    const inner = counted({ c: 1, d: 2, e: 3 });
    const outer = counted({ a: 1, b: 2, f: 3, inner: inner.proxy });
    const left = withoutMembers(outer.proxy, ['a', 'b', 'f', 'inner.c', 'inner.d']);
    expect(JSON.parse(JSON.stringify(left))).toEqual({ inner: { e: 3 } });
    expect([outer.count.listed, inner.count.listed]).toEqual([1, 1]);
  });

  it('is copied once for all records that share it', () => {
    const resource = counted({ service: { name: 'a' }, host: 'b' });
    const shared = new SharedObjects();
    shared.add(resource.proxy);
    for (const record of [1, 2, 3]) {
      const left = withoutMembers({ record, resource: resource.proxy }, ['resource.service'], shared);
      expect(JSON.parse(JSON.stringify(left))).toEqual({ record, resource: { host: 'b' } });
      expect(shared.has(left['resource'])).toBe(true);
    }
    expect(resource.count.listed).toBe(1);
  });
});
