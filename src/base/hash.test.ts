import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, shortHash } from './hash.js';

/** The same data with the keys of every object in reverse. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}

test('canonical JSON says what the data says, whatever the order of its keys', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
    }),
  );
});

test('what JSON leaves out is left out, and what it writes as null is null', () => {
  const value = { b: undefined, a: [undefined, NaN, -0], 'c"': Infinity };
  expect(canonicalJson(value)).toBe('{"a":[null,null,0],"c\\"":null}');
});

test('a short hash is of the canonical JSON, or of a text as it is', () => {
  expect(shortHash({ b: 1, a: 2 })).toBe(shortHash('{"a":2,"b":1}'));
  expect(shortHash('')).toBe('e3b0c44298fc1c14');
});
