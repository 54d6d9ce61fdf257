/**
 * What Arm's compiler Vela writes of a file for Ethos-U: a summary (`NAME_summary_CONFIG.csv`, one row a network), and with
 * `--verbose-performance` its operators (`NAME_per-layer.csv`). Both are estimates of the compiler, not measurements.
 */
import { MixnasError } from '../../base/index.js';
import type { AnyGraph } from '../../models/index.js';
import type { Kernel } from '../kernel.js';
import { type MappedKernel, mapKernels } from '../mapping.js';
import type { MappingRules } from '../profile/index.js';
import { csvHeader, csvRows } from './csv.js';
import { csvRecords } from './csv-text.js';

/** One network of a summary. */
export interface VelaNetwork {
  readonly network: string;
  readonly us: number;
  readonly clockHz: number;
  /** `Ethos_U65_256`, and the memory mode it was compiled for. */
  readonly accelerator: string;
  readonly memoryMode: string;
}

/** One operator. */
interface VelaOperator {
  /** As the file calls it; of several operators that were joined one of them. */
  readonly name: string;
  /** `CONV_2D`, `LOGISTIC`; of newer versions `Conv2D`. */
  readonly type: string;
  readonly cycles: number;
  /** Of newer versions, which list them too: it does not run on the NPU. */
  readonly onCpu: boolean;
}

type VelaKind = 'summary' | 'layers';

/** Which of the two a file is. @throws MixnasError `bad-data` when it is neither. */
export function velaKind(lines: Iterable<string>, what: string): VelaKind {
  const header = csvHeader(lines, what);
  if (header.includes('core_clock') && header.includes('inference_time')) return 'summary';
  if (header.includes('Op Cycles') && header.includes('Name')) return 'layers';
  throw new MixnasError('bad-data', `${what}: it is neither a summary of Vela nor its operators.`, {
    remedy: 'Give NAME_summary_CONFIG.csv, or NAME_per-layer.csv of vela --verbose-performance.',
  });
}

/** The networks of a summary. @throws MixnasError `bad-data` that names line and column. */
export function importVelaSummary(lines: Iterable<string>, what: string): VelaNetwork[] {
  return [
    ...csvRows(lines, what, ['network', 'core_clock', 'inference_time', 'accelerator_configuration']),
  ].map((row) => ({
    network: row.text('network'),
    us: row.positive('inference_time') * 1e6,
    clockHz: row.positive('core_clock'),
    accelerator: row.text('accelerator_configuration'),
    memoryMode: row.text('memory_mode'),
  }));
}

/**
 * The operators in the order of the schedule. Several headers are those of several parts on the NPU.
 * @throws MixnasError `bad-data` that names the line.
 */
export function importVelaLayers(lines: Iterable<string>, what: string): VelaOperator[] {
  const operators: VelaOperator[] = [];
  let header: readonly string[] | undefined;
  for (const { fields, line } of csvRecords(lines, what)) {
    const own = fields.map((field) => field.trim());
    if (own.includes('Op Cycles')) {
      header = own;
      continue;
    }
    if (header === undefined)
      throw new MixnasError('bad-data', `${what}: line ${line} stands before the header.`);
    if (own.length !== header.length) {
      throw new MixnasError(
        'bad-data',
        `${what}: line ${line} has ${own.length} of ${header.length} fields; is the file cut off?`,
      );
    }
    const at = (column: string) => own[header?.indexOf(column) ?? -1] ?? '';
    const cycles = Number(at('Op Cycles'));
    if (at('Op Cycles') === '' || !(cycles >= 0 && Number.isFinite(cycles))) {
      throw new MixnasError(
        'bad-data',
        `${what}: line ${line}: Op Cycles is ${at('Op Cycles')}, not a number.`,
      );
    }
    operators.push({ name: at('Name'), type: own[0] ?? '', cycles, onCpu: at('Target') === 'CPU' });
  }
  if (operators.length > 0) return operators;
  throw new MixnasError('bad-data', `${what}: it lists no operator.`, {
    remedy: 'Vela writes them with --verbose-performance.',
  });
}

/**
 * The layer that an operator is named after: what a layer becomes in several steps is named `layer/step`, and Vela adds
 * endings of its own (`layer_avgpool`), or joins names by `;`.
 */
function layerOf(name: string, layers: ReadonlySet<string>): string | undefined {
  for (const part of name.split(';')) {
    for (let end = part.trim(); end !== ''; end = end.replace(/[^\w]?\w*$|[^\w]$/, '')) {
      if (layers.has(end)) return end;
      const cut = end.replace(/_[^_./]*$/, '');
      if (cut !== end && layers.has(cut)) return cut;
    }
  }
  return undefined;
}

/** Times an elementwise pair, such as a logistic and its multiplication, or one device kernel with all its operators. */
function share(kernels: readonly Kernel[], operators: readonly VelaOperator[], usPerCycle: number) {
  const sum = operators.reduce((total, { cycles }) => total + cycles, 0) * usPerCycle;
  if (kernels.length > 1 && operators.length === kernels.length) {
    return kernels.map((_, i) => (operators[i]?.cycles ?? 0) * usPerCycle);
  }
  // An activation whose table is applied by the operator before it has no cycles of its own.
  return kernels.map(() => sum / kernels.length);
}

interface VelaTimes {
  /** Every device kernel of the graph, with its estimate where the compiler has one. */
  readonly launches: readonly { readonly kernel: Kernel; readonly us: number | undefined }[];
  /** Operators that belong to no device kernel: copies of what the profile's rules have for free. */
  readonly others: number;
  readonly onCpu: readonly string[];
}

/**
 * The device kernels of a graph with what the compiler estimates.
 * @throws MixnasError `bad-data` when no operator is named after a layer: another file was compiled.
 */
export function timeVela(
  operators: readonly VelaOperator[],
  graph: AnyGraph,
  rules: MappingRules,
  clockHz: number,
  what: string,
): VelaTimes {
  const kernels = mapKernels(graph, rules);
  const layers = new Set(graph.ops.map(({ name }) => name));
  const byLayer = new Map<string, VelaOperator[]>();
  let named = 0;
  for (const operator of operators) {
    const layer = operator.onCpu ? undefined : layerOf(operator.name, layers);
    if (layer === undefined) continue;
    named++;
    byLayer.set(layer, [...(byLayer.get(layer) ?? []), operator]);
  }
  if (named === 0) {
    throw new MixnasError(
      'bad-data',
      `${what}: none of its ${operators.length} operators is named after a layer of ${graph.name}.`,
      {
        remedy: 'Compile the int8 file that `mixnas export` wrote of this network, and name the network.',
      },
    );
  }
  const kernelsOf = new Map<string, MappedKernel[]>();
  for (const kernel of kernels) kernelsOf.set(kernel.layer, [...(kernelsOf.get(kernel.layer) ?? []), kernel]);
  const times = new Map<MappedKernel, number>();
  let others = operators.filter(({ onCpu }) => !onCpu).length - named;
  for (const [layer, own] of byLayer) {
    const mine = kernelsOf.get(layer);
    if (mine === undefined) others += own.length;
    else share(mine, own, 1e6 / clockHz).forEach((us, i) => times.set(mine[i] as MappedKernel, us));
  }
  return {
    launches: kernels.map((kernel) => {
      const { layer: _, ...bare } = kernel;
      return { kernel: bare, us: times.get(kernel) || undefined };
    }),
    others,
    onCpu: operators.flatMap(({ onCpu, name }) => (onCpu ? [name] : [])),
  };
}
