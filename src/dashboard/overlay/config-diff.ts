/** The configs of several runs, field by field. */
import type { ReadRun } from './measures.js';

export interface DiffRow {
  /** `sampler.population`. */
  readonly field: string;
  /** A value for each run, as JSON; undefined where it has none. */
  readonly values: readonly (string | undefined)[];
  readonly differs: boolean;
}

/** Every field of a value by its path. A list is one value: its items have no names. */
function* fieldsOf(value: unknown, path: string): Iterable<readonly [string, string]> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    yield [path, typeof value === 'string' ? value : (JSON.stringify(value) ?? '')];
    return;
  }
  for (const [key, inner] of Object.entries(value))
    yield* fieldsOf(inner, path === '' ? key : `${path}.${key}`);
}

function described({ view }: ReadRun): Map<string, string> {
  const { space, versions, machine } = view.manifest;
  const more = { 'space.hash': space.hash, mixnas: versions['mixnas'] ?? '?', 'machine.cpu': machine.cpu };
  return new Map([...fieldsOf(view.config, ''), ...Object.entries(more)]);
}

/** The fields of all runs, those that differ first. */
export function configDiff(runs: readonly ReadRun[]): DiffRow[] {
  const all = runs.map(described);
  const fields = [...new Set(all.flatMap((one) => [...one.keys()]))];
  const rows = fields.map((field): DiffRow => {
    const values = all.map((one) => one.get(field));
    return { field, values, differs: new Set(values).size > 1 };
  });
  return [...rows.filter(({ differs }) => differs), ...rows.filter(({ differs }) => !differs)];
}
