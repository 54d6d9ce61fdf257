/** What was exported from a run, and what its networks come to in 8-bit integers. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type ExportEntry, precisionsOf, readExports } from '../../runs/index.js';
import type { RunModel } from './run-model.js';

/** What was exported; nothing where the index is broken, which a report says. Looked up again when it has changed. */
export function exportsOf(model: RunModel): readonly ExportEntry[] {
  const { folder } = model.view;
  const changed = statSync(join(folder, 'exports', 'index.json'), { throwIfNoEntry: false })?.mtimeMs;
  return model.memo(`exports ${changed}`, () => {
    try {
      return readExports(folder);
    } catch {
      return [];
    }
  });
}

/** The accuracy of a row's network in 8-bit integers: of an exported file, else as the search simulated it. */
export function int8Accuracy(
  model: RunModel,
  row: number,
): { readonly accuracy: number; readonly of: string } | undefined {
  const trial = model.row(row);
  const file = exportsOf(model).findLast(
    (one) => one.trial === trial.id && one.precision === 'int8' && one.accuracy !== undefined,
  );
  if (file?.accuracy !== undefined) return { accuracy: file.accuracy, of: file.format };
  const simulated = precisionsOf(trial)?.int8;
  return simulated === undefined ? undefined : { accuracy: simulated, of: 'simulated' };
}
