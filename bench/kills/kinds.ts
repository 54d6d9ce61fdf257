/** The searches that are killed: short, and each with other processes. */
import { fileURLToPath } from 'node:url';

const searches = {
  /** In one process. */
  synthetic: {
    evaluator: { name: 'synthetic', seconds: 0.02 },
    budget: { trials: 60 },
    fidelity: { rungs: [2], reductionFactor: 2, lag: 2 },
    sampler: { name: 'aging' },
  },
  /** A program a trial, with children of its own. */
  command: {
    evaluator: {
      name: 'command',
      command: [process.execPath, fileURLToPath(new URL('./program.mjs', import.meta.url))],
    },
    budget: { trials: 16 },
    sampler: { name: 'nsga2', population: 6 },
  },
  /** Worker processes that train. */
  training: {
    dataset: { name: 'textures', size: 128, classes: 4 },
    evaluator: { name: 'training', steps: 3, batchSize: 16, validation: 32 },
    budget: { trials: 6 },
    sampler: { name: 'nsga2', population: 4 },
  },
} as const;

export type Kind = keyof typeof searches;
export const kindNames = Object.keys(searches) as Kind[];

export const configOf = (kind: Kind) => ({
  name: 'run',
  profiles: ['mali-g76', 'adreno-640'],
  limits: { latencyMs: { 'mali-g76': 11 } },
  workers: 2,
  ...searches[kind],
});
