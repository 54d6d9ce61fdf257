/**
 * Profiles of devices whose compiler plans memory, against that compiler's own estimates of whole networks. Nothing is
 * fitted to a network, so each space is left out of everything; beside ours stands what device kernels priced one by one add up to.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { createRandom, packageRoot, spearman } from '../../src/base/index.js';
import { createPredictor, loadProfile, type Predictor, type Profile } from '../../src/hardware/index.js';
import { type LayerGraph, lower, parseSpace, referenceArchitecture } from '../../src/models/index.js';

interface Estimated {
  readonly space: string;
  /** Which network of the space; of the reference models the name. */
  readonly index?: number;
  readonly reference?: string;
  /** By NPU and compiler, such as `ethos-u65-256 arm`. */
  readonly cycles: Readonly<Record<string, number>>;
}

/** How predictions agree with the compiler's estimates. */
export interface CompilerRow {
  readonly profile: string;
  readonly variant: string;
  readonly space: string;
  readonly networks: number;
  /** As profiles predict, planned for the whole network; and of device kernels priced one by one. */
  readonly whole: Fit;
  readonly kernels: Fit;
}

interface Fit {
  readonly mape: number;
  readonly spearman: number;
  /** Mean of predicted over estimated. */
  readonly ratio: number;
}

/** Cycles a µs at which the compiler states its estimates. */
const clocks: Readonly<Record<NpuName, number>> = { 'ethos-u65-256': 1000, 'ethos-u55-256': 500 };
const compared = [
  ['ethos-u65', 'ethos-u65-256', 'arm'],
  ['ethos-u65', 'ethos-u65-256', 'nxp'],
  ['ethos-u55', 'ethos-u55-256', 'arm'],
] as const;

function estimates(): readonly Estimated[] {
  const path = join(packageRoot(), 'bench', 'hardware', 'vela-totals.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { networks: Estimated[] }).networks;
}

/** The network that was compiled. */
function graphOf({ space: name, index, reference }: Estimated): LayerGraph {
  if (reference !== undefined) return lower(referenceArchitecture(reference), { resolution: 224 });
  const text = readFileSync(join(packageRoot(), 'spaces', `${name}.yaml`), 'utf8');
  const space = parseSpace(parse(text), name);
  const architecture = space.decode(space.random(createRandom(`velads/${name}/${index}`)));
  return lower(architecture, { resolution: 224, classes: 1000 });
}

function fitOf(predicted: readonly number[], estimated: readonly number[]): Fit {
  const ratios = predicted.map((us, i) => us / (estimated[i] as number));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    mape: 100 * mean(ratios.map((ratio) => Math.abs(ratio - 1))),
    spearman: spearman(predicted, estimated) ?? 0,
    ratio: mean(ratios),
  };
}

/** The profile with the estimates of a compiler, not carried to a board. */
const withCompiler = (profile: Profile, machine: NpuName, variant: 'arm' | 'nxp'): Profile => ({
  ...profile,
  compiler: { name: 'vela', machine, variant, scale: 1, convolutionScale: 1 },
});
type NpuName = NonNullable<Profile['compiler']>['machine'];

/** µs of all device kernels, without the calibration to a board. */
const sumUs = (predictor: Predictor, graph: LayerGraph) =>
  predictor.predict(graph).kernels.reduce((sum, { latencyUs }) => sum + latencyUs, 0);

/** A row each profile, compiler and space. */
export function compilerRows(): CompilerRow[] {
  const networks = estimates().map((network) => ({ ...network, graph: graphOf(network) }));
  const spaces = [...new Set(networks.map(({ space }) => space))];
  return compared.flatMap(([name, machine, variant]) => {
    const { compiler: _, ...plain } = loadProfile(name);
    const predictor = createPredictor(withCompiler(plain, machine, variant));
    const oneByOne = createPredictor(plain);
    return spaces.flatMap((space) => {
      const column = `${machine} ${variant}`;
      const own = networks.filter(
        (network) => network.space === space && network.cycles[column] !== undefined,
      );
      const estimated = own.map(({ cycles }) => (cycles[column] as number) / clocks[machine]);
      const whole = own.map((network) => sumUs(predictor, network.graph));
      const kernels = own.map((network) => sumUs(oneByOne, network.graph));
      return own.length === 0
        ? []
        : [
            {
              profile: name,
              variant,
              space,
              networks: own.length,
              whole: fitOf(whole, estimated),
              kernels: fitOf(kernels, estimated),
            },
          ];
    });
  });
}

/** The rows as a table of Markdown. */
export function compilerTable(): string {
  const cells = ({ mape, spearman: rank, ratio }: Fit) =>
    `${mape.toFixed(2)} | ${ratio.toFixed(2)} | ${rank.toFixed(4)}`;
  return [
    '| profile | compiler | networks of | | whole network: MAPE % | ratio | Spearman | kernel by kernel: MAPE % | ratio | Spearman |',
    `|${' --- |'.repeat(10)}`,
    ...compilerRows().map(
      ({ profile, variant, space, networks, whole, kernels }) =>
        `| \`${profile}\` | ${variant} | ${space} | ${networks} | ${cells(whole)} | ${cells(kernels)} |`,
    ),
  ].join('\n');
}
