/**
 * The types that the package gives do not load those of TensorFlow, whose own do not agree with the browser's
 * without `skipLibCheck`. No public type holds a tensor, so in dist's declarations every tensor is opaque.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const opaque = 'opaque-tensors.d.ts';

/** Makes the tensors of all declarations under `dist` opaque. Doing it again changes nothing. */
export function hideTensorTypes(dist) {
  const names = new Set();
  for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.d.ts')) continue;
    const path = join(dist, file);
    const text = readFileSync(path, 'utf8');
    const door = relative(dirname(path), join(dist, opaque))
      .replaceAll('\\', '/')
      .replace(/\.d\.ts$/, '.js');
    const here = door.startsWith('.') ? door : `./${door}`;
    const hidden = text.replaceAll(/(['"])@tensorflow\/[a-z-]+\1/g, `'${here}'`);
    for (const [, list] of hidden.matchAll(/import type \{([^}]*)\} from '[^']*opaque-tensors\.js'/g)) {
      for (const name of list.split(',')) names.add(name.trim().split(' ')[0]);
    }
    if (hidden !== text) writeFileSync(path, hidden);
  }
  const lines = [...names]
    .filter(Boolean)
    .toSorted((a, b) => a.localeCompare(b))
    .map((name) => `export interface ${name} { readonly opaque: '${name}' }`);
  writeFileSync(join(dist, opaque), `${lines.join('\n')}\n`);
}
