/** Prices whole graphs on one machine; remembers operations by shape. */
import type { AnyGraph } from '../../models/index.js';
import { type CompilerVariant, compileGraph } from './compile.js';
import { type NpuName, npuMachines } from './machine.js';
import { createShapeMemo } from './memo.js';
import type { NpuOperation } from './operation.js';
import { schedule } from './schedule.js';

export interface CompiledOperation {
  readonly operation: NpuOperation;
  readonly us: number;
  /** A convolution of a window beyond 1x1 whose time is that of the multipliers. */
  readonly isDense: boolean;
}

export interface NpuPricer {
  /** The operations of a graph in the order in which they run. */
  operations(graph: AnyGraph): CompiledOperation[];
}

export function createNpuPricer(name: NpuName, variant: CompilerVariant): NpuPricer {
  const machine = npuMachines[name];
  const shapeOf = createShapeMemo(machine);
  return {
    operations: (graph) =>
      schedule(compileGraph(graph, variant), machine, shapeOf).map(({ operation, cycles, compute }) => ({
        operation,
        us: cycles / machine.cyclesPerUs,
        isDense: operation.kind === 'convolution' && operation.kernelHeight > 1 && compute === cycles,
      })),
  };
}
