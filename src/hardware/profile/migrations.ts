/** Older profile files, brought to the newest version one step at a time. */
import { MixnasError } from '../../base/index.js';

type Data = Record<string, unknown>;

/** `migrations[i]` turns version i + 1 into version i + 2. There is one version so far. */
const migrations: readonly ((old: Data) => Data)[] = [];
const newest = migrations.length + 1;

/**
 * The data as the newest version would hold it. What is not a profile at all is left for the schema to refuse.
 * @throws MixnasError `bad-profile` for a file that a newer mixnas wrote.
 */
export function migrate(value: unknown, what: string): unknown {
  const version = (value as Data | null)?.['version'];
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) return value;
  if (version > newest) {
    throw new MixnasError('bad-profile', `${what}: version ${version} is newer than this mixnas knows.`, {
      remedy: `Update mixnas, or make the profile again with \`mixnas profile tune\` (version ${newest}).`,
    });
  }
  return migrations.slice(version - 1).reduce((data, step) => step(data), value as Data);
}
