/** What configs called things in earlier versions. */
import { withLinesOf } from '../../base/index.js';
import { renameHalvingFields } from '../../search/index.js';

/** A config, of a file or stored in a run, with old names of fields brought up to date. */
export function migrateConfig(data: unknown): unknown {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return data;
  const { fidelity, portable } = data as { readonly fidelity?: unknown; readonly portable?: unknown };
  return withLinesOf(data, {
    ...data,
    ...(fidelity === undefined ? {} : { fidelity: renameHalvingFields(fidelity) }),
    ...(portable === undefined ? {} : { portable: migrateConfig(portable) }),
  });
}
