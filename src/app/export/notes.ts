/** What an export says about the choices that were made. */
import type { LowerOptions } from '../../export/index.js';
import { type Architecture, type Op, lower } from '../../models/index.js';
import type { ExportOptions } from './options.js';
import type { ExportSource } from './sources.js';

const uses = (architecture: Architecture, what: (op: Op) => boolean) => lower(architecture).ops.some(what);

/** One sentence each; nothing about what the network does not have. */
export function notesOf(
  { architecture, trained }: Pick<ExportSource, 'architecture' | 'trained'>,
  { groups }: Pick<ExportOptions, 'groups'>,
  chosen: LowerOptions,
): string[] {
  const has = (what: (op: Op) => boolean) => uses(architecture, what);
  const notes: string[] = [];
  if (!trained) notes.push('The weights are random: the file is for measuring latency.');
  if (has((op) => op.kind === 'activation' && op.activation === 'swish')) {
    notes.push(
      chosen.swish === 'logistic'
        ? 'Swish is LOGISTIC and MUL, as trained.'
        : 'Swish is HARD_SWISH, another function than was trained: compare the accuracies.',
    );
  }
  if (has((op) => op.kind === 'hardGate')) {
    notes.push('Hard gates are soft: every group is computed, also those that the gate would skip.');
  }
  if (groups !== undefined)
    notes.push(`Of each gated block at most ${groups} groups run; the others are not in the file.`);
  if (has((op) => op.kind === 'conv2d' && op.groups > 1)) {
    notes.push(
      chosen.groupedConvolution === 'split'
        ? 'Grouped convolutions are split, convolved and concatenated, which every runtime loads.'
        : 'Grouped convolutions are CONV_2D of version 6, which TensorFlow Lite 2.9 and Arm Vela refuse.',
    );
  }
  return notes;
}
