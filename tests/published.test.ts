/** What the package holds: dist has no test, no test helper, and imports only what the package installs. */
import { readFileSync, readdirSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../src/base/index.js';

const dist = join(packageRoot(), 'dist');
const files = readdirSync(dist, { recursive: true, encoding: 'utf8' });
const modules = files.filter((path) => /\.(?:js|d\.ts)$/.test(path));

/** The package of an import, `undefined` for a file or a module of Node. */
function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || isBuiltin(specifier)) return undefined;
  return /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0];
}

test('dist holds every room, and neither tests nor their helpers', () => {
  for (const room of ['base', 'models', 'search', 'training', 'runs', 'cli'])
    expect(modules).toContain(join(room, 'index.js'));
  expect(modules.filter((path) => /\.test\.|test-helpers/.test(path))).toEqual([]);
});

test('dist imports no package that an install of mixnas lacks', () => {
  const { dependencies, optionalDependencies, peerDependencies } = JSON.parse(
    readFileSync(join(packageRoot(), 'package.json'), 'utf8'),
  ) as Record<string, Record<string, string>>;
  const installed = new Set(Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }));
  const imported = new Map<string, string>();
  const specifiers =
    /^(?:import|(?:import|export|\}).*\bfrom) ["']([^'"\n]+)["']|\b(?:import|require)\(["']([^'"\n]+)["']\)/gm;
  for (const path of modules) {
    // Comments may quote an import.
    const code = readFileSync(join(dist, path), 'utf8').replaceAll(/\/\*[^]*?\*\//g, '');
    for (const [, stated, called] of code.matchAll(specifiers)) {
      const name = packageOf(stated ?? called ?? '');
      if (name !== undefined) imported.set(name, path);
    }
  }
  expect(imported.size).toBeGreaterThan(8);
  expect([...imported].filter(([name]) => !installed.has(name))).toEqual([]);
});
