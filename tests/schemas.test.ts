import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { schemaFiles } from '../scripts/make-schemas.js';
import { packageRoot } from '../src/base/index.js';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Every property that a JSON Schema holds anywhere, in unions, lists and `$defs` too, with its path. */
function propertiesOf(schema: unknown, path = ''): [path: string, property: unknown][] {
  if (Array.isArray(schema)) return schema.flatMap((item, i) => propertiesOf(item, `${path}[${i}]`));
  if (!isObject(schema)) return [];
  return Object.entries(schema).flatMap(([key, value]): [string, unknown][] => {
    // What stands there are values, not schemas.
    if (key === 'default' || key === 'const' || key === 'enum') return [];
    if (key !== 'properties' || !isObject(value)) return propertiesOf(value, `${path}/${key}`);
    return Object.entries(value).flatMap(([name, property]): [string, unknown][] => [
      [`${path}.${name}`, property],
      ...propertiesOf(property, `${path}.${name}`),
    ]);
  });
}

const isDescribed = (property: unknown) =>
  isObject(property) && typeof property['description'] === 'string' && property['description'].length > 3;

describe.each([...schemaFiles()])('%s', (path, text) => {
  it('is what `npm run schemas` writes', () => {
    expect(readFileSync(join(packageRoot(), path), 'utf8')).toBe(text);
  });

  it('describes every field', () => {
    const properties = propertiesOf(JSON.parse(text));
    expect(properties.length).toBeGreaterThan(10);
    expect(properties.flatMap(([name, property]) => (isDescribed(property) ? [] : [name]))).toEqual([]);
  });
});
