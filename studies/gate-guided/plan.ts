/** What the study of gate-guided mutations does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { packageRoot } from '../../src/base/index.js';
import { type MixnetSpace, parseSpace } from '../../src/models/index.js';
import type { DataSpec, SupernetRecipe } from '../../src/training/index.js';
import type { Task } from '../shared/tasks.js';

/** `cifar-small` with soft gates over mixes of two or three kernels in every block, and no dilation. */
export function gatedSpace(): MixnetSpace {
  const source = parse(readFileSync(join(packageRoot(), 'spaces/cifar-small.yaml'), 'utf8')) as {
    readonly defaults: object;
  };
  const defaults = {
    ...source.defaults,
    kernels: [3, 5, 7, 9],
    dilations: [1],
    groups: [1, 2, 3],
    gate: ['soft'],
  };
  return parseSpace({ ...source, name: 'cifar-small-gated', defaults });
}

export interface GateTask extends Task {
  readonly kind: 'supernet' | 'pair';
  /** Which pair. */
  readonly index: number;
  readonly data: DataSpec;
  readonly recipe: SupernetRecipe;
  readonly validation: number;
  readonly calibration: number;
  /** The supernet's file. */
  readonly path: string;
}
