import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MixnasError } from '../base/index.js';
import { loadProfile } from './profile/load.js';
import { type Profile, parseProfile, profileSchema, type SurfaceModel } from './profile/profile.js';

const whole = loadProfile('mali-g76');
const surface = whole.models.concat as SurfaceModel;
/** A profile with little in its large parts, so that the schema is quick too. */
const small: Profile = {
  ...whole,
  models: { concat: { ...surface, values: surface.values.map((lines) => lines.slice(0, 2)) } },
  table: { ...whole.table, entries: whole.table.entries.slice(0, 3) },
};

type Path = readonly (string | number)[];

/** Where there is something in the large parts. */
function pathsIn(value: unknown, path: Path): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, [...path, key]))];
}
const paths = [
  ...pathsIn(small.table.entries, ['table', 'entries']),
  ...pathsIn((small.models.concat as SurfaceModel).values, ['models', 'concat', 'values']),
];

const removed = Symbol('removed');

/** A copy with another value at a path. */
function changed(path: Path, value: unknown): unknown {
  const copy = structuredClone(small) as unknown;
  let at = copy as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as typeof at;
  const last = path.at(-1) as string | number;
  if (value === removed) delete at[last];
  else at[last] = value;
  return copy;
}

const junk = fc.oneof(
  fc.constantFrom(removed, null, undefined, true, '', '3', -1, 0, 1.5, 1e300, 2 ** 60, NaN, Infinity, {}, []),
  fc.constantFrom([[]], [[[1]]], [[['x']]], [1, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9], 'conv', { op: 'conv' }),
);

test('the quick check takes exactly what the published schema takes', () => {
  fc.assert(
    fc.property(fc.constantFrom(...paths), junk, (path, value) => {
      const data = changed(path, value);
      const { success } = profileSchema.safeParse(data);
      if (success) expect(parseProfile(data)).toEqual(data);
      else expect(() => parseProfile(data)).toThrow(MixnasError);
    }),
    { numRuns: 400 },
  );
});

test('an entry with a key too many is refused', () => {
  expect(() => parseProfile(changed(['table', 'entries', 1, 'note'], 'slow'))).toThrow(
    /unknown key `table\.entries\[1\]\.note`/,
  );
});

test.each([
  [['table', 'entries', 2, 'us', 0], -4, /^mine\.json: `table\.entries\[2\]\.us\[0\]`: .*>0/],
  [['table', 'entries', 0, 'shape', 3], 'x', /^mine\.json: `table\.entries\[0\]\.shape\[3\]`: .*number/],
  [['table', 'entries', 1, 'op'], 'convolution', /^mine\.json: `table\.entries\[1\]\.op`: /],
  [['models', 'concat', 'values', 0, 1, 2], null, /^mine\.json: `models\.concat\.values\[0\]\[1\]\[2\]`: /],
  [['models', 'concat', 'values'], 'none', /^mine\.json: `models\.concat\.values`: .*array/],
  [['models', 'concat', 'points'], -1, /^mine\.json: `models\.concat\.points`: /],
])('what is wrong in a large part is said by file and field: %j', (path, value, message) => {
  expect(() => parseProfile(changed(path, value), 'mine.json')).toThrow(message);
});
