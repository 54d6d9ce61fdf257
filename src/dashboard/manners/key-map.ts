/** A user's own keys: `keys.yaml` in the folder of the user's configuration, or the file that MIXNAS_KEYS names. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { MixnasError, nearest, parseWith, readDocument, userProfilesFolder } from '../../base/index.js';
import { type Binding, bindings, screenIds } from '../bindings.js';

/** YAML reads a digit as a number. */
const key = z.union([z.string().min(1).max(20), z.number().int().min(0).max(9).transform(String)]);
const mapSchema = z.record(z.string(), z.union([key, z.array(key).min(1)]));

type Environment = Readonly<Record<string, string | undefined>>;

/** The file of the user's keys, where there is one. */
export function keyMapFile(env: Environment): string | undefined {
  const set = env['MIXNAS_KEYS'];
  if (set) return set;
  const path = join(dirname(userProfilesFolder()), 'keys.yaml');
  return existsSync(path) ? path : undefined;
}

/**
 * The bindings with the user's keys in place of their own: `export-network: X`, `up: [up, w]`.
 * @throws MixnasError `bad-config` for an action that there is not, and for a key with two uses on one screen.
 */
export function loadKeyMap(path: string): readonly Binding[] {
  const map = parseWith(mapSchema, readDocument(path, 'bad-config'), path, 'bad-config');
  const actions = [...new Set(bindings.map(({ action }) => action))];
  for (const action of Object.keys(map)) {
    if ((actions as readonly string[]).includes(action)) continue;
    const near = nearest(action, actions)[0];
    throw new MixnasError('bad-config', `${path}: \`${action}\` is no action of the dashboard.`, {
      remedy: near === undefined ? 'docs/dashboard.md lists the actions.' : `Did you mean ${near}?`,
    });
  }
  const mine = bindings.map((binding): Binding => {
    const keys = map[binding.action];
    return keys === undefined ? binding : { ...binding, keys: typeof keys === 'string' ? [keys] : keys };
  });
  checkKeys(mine, map, path);
  return mine;
}

/** Keys that the user has given must not have another use on a screen where both work. */
function checkKeys(mine: readonly Binding[], map: Readonly<Record<string, unknown>>, path: string): void {
  for (const screen of screenIds) {
    const here = mine.filter(({ on }) => on === undefined || on.includes(screen));
    for (const binding of here) {
      if (!(binding.action in map)) continue;
      const other = here.find((one) => one.action !== binding.action && isSame(one, binding));
      if (!other) continue;
      const twice = binding.keys.find((name) => other.keys.includes(name));
      throw new MixnasError(
        'bad-config',
        `${path}: ${twice} would be both \`${binding.action}\` and \`${other.action}\` on the ${screen} screen.`,
        { remedy: `Give \`${other.action}\` another key as well.` },
      );
    }
  }
}

/** Whether two bindings share a key, and neither is one that a screen may have another use for. */
function isSame(a: Binding, b: Binding): boolean {
  const isOver = (a.on === undefined) !== (b.on === undefined);
  return (
    a.keys.some((name) => b.keys.includes(name)) && !(isOver && a.keys.length === 1 && b.keys.length === 1)
  );
}
