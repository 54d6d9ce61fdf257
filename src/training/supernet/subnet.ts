/** From a genome to what its subnet feeds: read off the layer graph that training alone would use. */
import { InternalError } from '../../base/index.js';
import { type Architecture, type LayerGraph, type Op, lower, scaleTo } from '../../models/index.js';
import type { SubnetValues } from './code.js';
import { middleRows, rowsOf, samePadding, stripColumns, stripsOf } from './kernels.js';
import { type BlockPlan, type SupernetPlan, partLabel, reachOf } from './plan.js';

/** One subnet, as an architecture and in the supernet's terms. */
export interface Subnet {
  readonly architecture: Architecture;
  readonly graph: LayerGraph;
  /** For each block of the architecture its place in the supernet. */
  readonly places: readonly BlockPlan[];
}

/**
 * The subnet of a genome.
 * @throws InternalError when the genome is not one of the plan's space.
 */
export function subnetOf(plan: SupernetPlan, genome: ArrayLike<number>): Subnet {
  const { space, resolution, classes } = plan;
  const { name: _, ...architecture } = scaleTo(space.decode(genome), { resolution, classes });
  const places = plan.blocks.filter(({ stage, index }) => index < depthOf(plan, genome, stage));
  if (places.length !== architecture.blocks.length) throw new InternalError('a genome of another space');
  return { architecture, graph: lower(architecture), places };
}

function depthOf({ space }: SupernetPlan, genome: ArrayLike<number>, stage: number): number {
  const gene = space.genes.findIndex(({ name }) => name === `stages.${stage}.depth`);
  const value = gene < 0 ? space.spec.stages[stage]?.depth[0] : space.genes[gene]?.values[genome[gene] ?? 0];
  return Number(value);
}

/** The depthwise kernels of block `index`, in the order of its channels. */
export function groupsOf(graph: LayerGraph, index: number) {
  return graph.ops.filter(
    (op) => op.kind === 'depthwiseConv2d' && op.name.startsWith(`blocks.${index}.depthwise.`),
  ) as (Op & { readonly kind: 'depthwiseConv2d' })[];
}

/** What the recorded graph is fed for a subnet. */
export function valuesOf(plan: SupernetPlan, { graph, places }: Subnet): SubnetValues {
  const quantities = new Map<string, number>();
  const lists = new Map<string, Int32Array>();
  const byName = new Map(graph.ops.map((op) => [op.name, op]));
  const channels = (name: string) => byName.get(name)?.shape[2] ?? 0;
  const activation = (name: string, of: readonly string[], op: string) => {
    const found = byName.get(op);
    const kind = found?.kind === 'activation' ? found.activation : 'linear';
    for (let i = 0; i < of.length; i++) quantities.set(`${name}>${i}`, of.indexOf(kind) > i ? 1 : 0);
  };
  const groupLists = (name: string, groups: number, input: number, out: number) => {
    const ids = (count: number) =>
      Int32Array.from({ length: count }, (_, i) => Math.floor((i * groups) / count));
    quantities.set(`${name}Groups`, groups);
    lists.set(`${name}.inputs`, ids(input)).set(`${name}.outputs`, ids(out));
  };

  const stem = byName.get('stem.conv') as Op & { readonly kind: 'conv2d' };
  quantities
    .set('stem.out', stem.shape[2])
    .set('stem.kernel', stem.kernel)
    .set('stem.taps', stem.kernel ** 2);
  lists.set('stem.rows', Int32Array.from(middleRows(plan.stem.kernels[0] ?? 1, stem.kernel)));
  activation('stem.act', plan.stem.activations, 'stem.act');

  let input = stem.shape[2];
  for (const block of plan.blocks) {
    const index = places.indexOf(block);
    const set = (what: string, value: number) => quantities.set(`${block.name}.${what}`, value);
    const own = `blocks.${index}`;
    const groups = groupsOf(graph, index);
    const here = index >= 0;
    const expand = byName.get(`${own}.expand`);
    const project = byName.get(`${own}.project`);
    set('present', here ? 1 : 0);
    set('in', here ? input : 0);
    set('wide', channels(`${own}.depthwise.bn`));
    set('out', channels(`${own}.project`));
    set('expands', expand ? 1 : 0);
    set('skips', byName.has(`${own}.add`) ? 1 : 0);
    set('squeezed', channels(`${own}.se.reduce`));
    set('gateUnits', channels(`${own}.gate.reduce`));
    set('groups', groups.length);
    activation(`${block.name}.act`, block.activations, `${own}.depthwise.act`);
    groupLists(
      `${block.name}.expand`,
      expand?.kind === 'conv2d' ? expand.groups : 1,
      here ? input : 0,
      channels(`${own}.depthwise.bn`),
    );
    groupLists(
      `${block.name}.project`,
      project?.kind === 'conv2d' ? project.groups : 1,
      channels(`${own}.depthwise.bn`),
      channels(`${own}.project`),
    );
    const labels = groups.map(({ kernel, dilation }) => partLabel(kernel, dilation));
    lists.set(
      `${block.name}.gate.parts`,
      Int32Array.from(labels, (label) => block.parts.indexOf(label)),
    );
    lists.set(
      `${block.name}.gate.groups`,
      Int32Array.from(groups.flatMap(({ shape }, g) => Array.from({ length: shape[2] }, () => g))),
    );
    let begin = 0;
    for (let g = 0; g < block.groups; g++) {
      const group = groups[g];
      const name = `${block.name}.group.${g}`;
      const size = group?.shape[2] ?? 0;
      const reach = group ? reachOf(group.kernel, group.dilation, block.size) : 0;
      const [before, after] = samePadding(block.size, block.outSize, reach, block.stride);
      const { kernel = 1, dilation = 1 } = group ?? {};
      const plain = { kernel, plainTaps: kernel ** 2, dilation };
      const values = { begin, size, reach, taps: reach ** 2, before, after, ...plain };
      for (const [what, value] of Object.entries(values)) quantities.set(`${name}.${what}`, value);
      for (let strip = 0; strip < stripsOf(block.reach); strip++) {
        const columns = Math.max(0, Math.min(stripColumns, reach - strip * stripColumns));
        quantities.set(`${name}.columns.${strip}`, columns);
        quantities.set(`${name}.span.${strip}`, (block.outSize - 1) * block.stride + columns);
      }
      lists.set(
        `${name}.rows`,
        group ? rowsOf(block.kernels, group.kernel, group.dilation, block.size) : new Int32Array(0),
      );
      // On a map as large as the kernel none of its taps is left out.
      const undilated = rowsOf(block.kernels, kernel, 1, kernel);
      lists.set(`${name}.plain`, group ? undilated : Int32Array.of(0));
      begin += size;
    }
    if (here) input = channels(`${own}.project`);
  }
  quantities.set('head.in', input).set('head.out', channels('head.conv'));
  activation('head.act', plan.head.activations, 'head.act');
  return { quantities, lists };
}
