/** Writes what a screen shows into the working directory: its values as CSV, its picture as SVG. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../base/index.js';
import type { Block } from './draw/block.js';
import { blockToSvg } from './draw/svg.js';
import { screenOf } from './screens/index.js';
import type { DrawContext, Sheet } from './screens/screen.js';

/** RFC 4180: quoted where a value has a comma, a quote or a line end. */
function csvField(value: string | number | undefined): string {
  const text = value === undefined ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A sheet as CSV. */
export function sheetToCsv({ head, rows }: Sheet): string {
  return [head, ...rows].map((row) => `${row.map(csvField).join(',')}\n`).join('');
}

/** The first of `base`, `base-2`, `base-3`, ... of which there is neither file: nothing is overwritten. */
function freeName(folder: string, base: string): string {
  for (let i = 1; ; i++) {
    const name = i === 1 ? base : `${base}-${i}`;
    if (!existsSync(join(folder, `${name}.csv`)) && !existsSync(join(folder, `${name}.svg`))) return name;
  }
}

/**
 * Exports the shown screen.
 * @returns the names of the two files.
 * @throws MixnasError `no-space` when the folder cannot be written.
 */
export function exportView(context: DrawContext, frame: Block, folder: string): readonly [string, string] {
  const { model, ui, width } = context;
  const name = freeName(folder, `${model.view.name}-${ui.screen}`);
  const files = [`${name}.csv`, `${name}.svg`] as const;
  writeFileAtomic(join(folder, files[0]), sheetToCsv(screenOf(ui.screen).sheet(context)));
  writeFileAtomic(join(folder, files[1]), blockToSvg(frame, `${model.view.name}: ${ui.screen}`, width));
  return files;
}
