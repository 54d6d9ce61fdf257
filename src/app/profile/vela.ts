/** Estimates of Arm's compiler as rows of a profile: simulated, and marked so. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { MixnasError } from '../../base/index.js';
import {
  type BuiltLaunch,
  type MappingRules,
  type MeasuredWhole,
  type VelaNetwork,
  fileLines,
  importVelaLayers,
  importVelaSummary,
  mapKernels,
  timeVela,
  velaKind,
} from '../../hardware/index.js';
import { type MeasuredFiles, architectureOf, graphFor } from './tune-inputs.js';

export interface VelaRows {
  readonly launches: readonly BuiltLaunch[];
  readonly wholes: readonly MeasuredWhole[];
  readonly warnings: readonly string[];
  /** What it was compiled for, where a summary says it: `Ethos_U65_256, Dedicated_Sram`. */
  readonly accelerator: string | undefined;
}

const layersEnding = '_per-layer.csv';

/** Vela copies each part of a concatenation, and reads slices where they lie. */
export const velaRules: Pick<MappingRules, 'slice' | 'concat'> = { slice: 'free', concat: 'copy' };

/** Summaries by network; a network that was compiled twice is two devices. */
function summaries(paths: readonly string[]): Map<string, VelaNetwork & { readonly path: string }> {
  const found = new Map<string, VelaNetwork & { readonly path: string }>();
  for (const path of paths) {
    for (const row of importVelaSummary(fileLines(path), path)) {
      const known = found.get(row.network);
      if (known !== undefined) {
        throw new MixnasError(
          'bad-data',
          `${path}: ${row.network} was compiled twice, here and in ${known.path}.`,
          {
            remedy: 'Give the files of one configuration: each makes a profile of its own.',
          },
        );
      }
      found.set(row.network, { ...row, path });
    }
  }
  const all = [...found.values()];
  const other = all.find(
    ({ accelerator, memoryMode }) => accelerator !== all[0]?.accelerator || memoryMode !== all[0]?.memoryMode,
  );
  if (other === undefined) return found;
  const text = ({ accelerator, memoryMode }: VelaNetwork) => `${accelerator} ${memoryMode}`;
  throw new MixnasError(
    'bad-data',
    `${other.path}: it is for ${text(other)}, the first summary for ${text(all[0] as VelaNetwork)}.`,
    {
      remedy: 'Give the files of one configuration: each makes a profile of its own.',
    },
  );
}

/** The network that a file of operators is of. */
function networkOf(path: string): string {
  const file = basename(path);
  if (file.endsWith(layersEnding)) return file.slice(0, -layersEnding.length);
  throw new MixnasError('bad-data', `${path}: of which network is it?`, {
    remedy: `Keep the name that Vela gave it, NETWORK${layersEnding}.`,
  });
}

/**
 * Reads Vela's files: operators become timed device kernels, summaries whole networks.
 * @throws MixnasError `bad-data` for a file that is neither, names another network's layers, or has no clock.
 */
export function velaRows(files: MeasuredFiles, rules: MappingRules): VelaRows {
  const { vela = [], clockMhz } = files;
  const kinds = vela.map((path) => ({ path, kind: velaKind(fileLines(path), path) }));
  const of = (kind: string) => kinds.filter((file) => file.kind === kind).map(({ path }) => path);
  const known = summaries(of('summary'));
  const launches: BuiltLaunch[] = [];
  const wholes: MeasuredWhole[] = [];
  const warnings: string[] = [];
  const layered = new Set<string>();
  for (const path of of('layers')) {
    const model = networkOf(path);
    if (layered.has(model))
      throw new MixnasError('bad-data', `${path}: the operators of ${model} are given twice.`);
    layered.add(model);
    const summary = known.get(model);
    const clockHz = summary?.clockHz ?? (clockMhz === undefined ? undefined : clockMhz * 1e6);
    if (clockHz === undefined) {
      throw new MixnasError('bad-data', `${path}: it counts cycles, and nothing says how long one is.`, {
        remedy: `Give the summary of ${model} with another --vela, or the clock with --clock MHZ.`,
      });
    }
    const graph = graphFor(specOf(model, path, files), files.resolution);
    const operators = importVelaLayers(fileLines(path), path);
    const { launches: timed, others, onCpu } = timeVela(operators, graph, rules, clockHz, path);
    launches.push(...timed.map((launch) => ({ ...launch, model })));
    const cycles = operators.reduce((sum, operator) => sum + (operator.onCpu ? 0 : operator.cycles), 0);
    wholes.push({ model, endToEndUs: summary?.us ?? (cycles / clockHz) * 1e6 });
    if (others > 0)
      warnings.push(`${path}: ${others} operators belong to no device kernel; they count in the whole.`);
    if (onCpu.length > 0) {
      warnings.push(
        `${path}: ${onCpu.length} operators run on the CPU (${onCpu[0]}), whose time Vela does not estimate.`,
      );
    }
  }
  for (const { network: model, us, path } of known.values()) {
    if (layered.has(model)) continue;
    const graph = graphFor(specOf(model, path, files), files.resolution);
    wholes.push({ model, kernels: mapKernels(graph, rules), endToEndUs: us });
  }
  const [first] = known.values();
  return { launches, wholes, warnings, accelerator: first && `${first.accelerator}, ${first.memoryMode}` };
}

/** The network's architecture: as the user says, or a file next to Vela's that has its name. */
function specOf(model: string, path: string, { architectures }: MeasuredFiles): string {
  const neighbours = ['.json', '.yaml', '.tflite'].map((ending) => join(dirname(path), `${model}${ending}`));
  const spec = architectureOf(model, path, architectures) ?? neighbours.find((file) => existsSync(file));
  if (spec !== undefined) return spec;
  throw new MixnasError('bad-data', `${path}: no architecture is known of ${model}.`, {
    remedy: `Give its file with --architecture ${model}=FILE, or put ${model}.tflite next to it.`,
  });
}
