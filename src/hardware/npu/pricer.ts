/** Prices whole graphs on one machine; remembers operations by shape. */
import type { AnyGraph } from '../../models/index.js';
import { type ExplainedOperation, explainPlan } from './explain.js';
import { compileGraph } from './compile.js';
import type { CompilerVariant } from './convolutions.js';
import { type NpuName, npuMachines } from './machine.js';
import { createShapeMemo } from './memo.js';
import type { NpuOperation, NpuProgram } from './operation.js';
import { partsOf } from './parts.js';
import { borderLayer } from './program.js';
import { schedule } from './schedule.js';

export interface CompiledOperation {
  readonly operation: NpuOperation;
  readonly us: number;
  /** A convolution of a window beyond 1x1 whose time is that of the multipliers. */
  readonly isDense: boolean;
}

/** A block, or what is outside of blocks, on its own. */
interface CompiledPart {
  readonly block: number | undefined;
  readonly operations: readonly CompiledOperation[];
}

export interface NpuPricer {
  /** The operations of a graph with what each waits for. */
  explain(graph: AnyGraph): ExplainedOperation[];
  /** The same block by block. `layer` is an id of the whole graph. */
  parts(graph: AnyGraph): CompiledPart[];
  /** The operations of a graph in the order in which they run. */
  operations(graph: AnyGraph): CompiledOperation[];
}

export function createNpuPricer(name: NpuName, variant: CompilerVariant): NpuPricer {
  const machine = npuMachines[name];
  const shapeOf = createShapeMemo(machine);
  const priced = (program: NpuProgram) =>
    schedule(program, machine, shapeOf).flatMap(({ operation, cycles, compute }): CompiledOperation[] =>
      operation.layer === borderLayer
        ? []
        : [
            {
              operation,
              us: cycles / machine.cyclesPerUs,
              isDense: operation.kind === 'convolution' && operation.kernelHeight > 1 && compute === cycles,
            },
          ],
    );
  return {
    explain(graph) {
      const program = compileGraph(graph, variant);
      return explainPlan(program, schedule(program, machine, shapeOf), machine, shapeOf);
    },
    operations: (graph) => priced(compileGraph(graph, variant)),
    parts: (graph) =>
      partsOf(graph).map(({ block, graph: part, ids, ...inside }) => ({
        block,
        operations: priced(compileGraph(part, variant, inside)).map(({ operation, ...rest }) => ({
          operation: { ...operation, layer: ids[operation.layer] as number },
          ...rest,
        })),
      })),
  };
}
