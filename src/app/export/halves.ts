/** A network in two files: what a phone runs up to a cut, and what a server runs from there. */
import { MixnasError, formatBytes } from '../../base/index.js';
import { type LoweredGraph, cutGraph } from '../../export/index.js';
import { type LayerGraph, lower } from '../../models/index.js';
import { splitGraph } from '../network/index.js';
import { checkAnswers, refuseOthers } from './float-file.js';
import { checkImages } from './images.js';
import type { Made, MakeContext } from './make.js';
import type { ExportSplit } from './options.js';
import type { ExportSource } from './sources.js';

/**
 * Encodes both halves and checks that one behind the other answers as the network does.
 * @throws MixnasError `bad-usage` for a cut that leaves one side nothing, `failed` for files that compute something else.
 */
export async function makeHalves(
  source: ExportSource,
  whole: LoweredGraph,
  cut: ExportSplit,
  context: MakeContext,
): Promise<Made> {
  const { format, runtime, dataset, options, chosen, watch } = context;
  const precision = options.float16 ? 'float16' : 'float32';
  const { halves, note } = await halvesOf(source, whole, cut);
  const suffix = precision === 'float32' ? '' : `-${precision}`;
  const encode = (graph: LoweredGraph, side: string) =>
    format.encode(graph, precision, `${source.fileName}${suffix}-${side}`);
  const encoded = watch.timeSync('encode', () => [
    { graph: halves.first, files: encode(halves.first, 'phone') },
    { graph: halves.second, files: encode(halves.second, 'server') },
  ]);
  const files = encoded.flatMap((half) => half.files);
  const server = encoded[1]?.files[0]?.name ?? '';
  const notes = [note, sentText(halves.first, halves.crossing), `The server's half is ${server}.`];
  if (!runtime) return { files, precision, notes };
  options.onStep?.(`checking both halves of ${source.spec} in ${runtime.name}`);
  const answers = async (images: readonly Float32Array[]) => {
    let values = [...images];
    for (const { graph, files: own } of encoded) {
      values = await runtime.logits(graph, own[0]?.bytes ?? new Uint8Array(), values);
    }
    return values;
  };
  const check = await watch.time('check', async () => {
    const images = await checkImages(source, dataset, options.images);
    return checkAnswers(source, answers, runtime.name, images, chosen);
  });
  refuseOthers(check, source, precision);
  return { files, precision, check, notes };
}

async function halvesOf(source: ExportSource, whole: LoweredGraph, cut: ExportSplit) {
  const graph = lower(source.architecture);
  const { after, note } =
    'after' in cut ? { after: cut.after, note: `Cut after ${cut.after}.` } : await best(source, graph, cut);
  const place = graph.ops.findIndex(({ name }) => name === after);
  if (place < 0) {
    throw new MixnasError('bad-usage', `${source.spec} has no layer ${after} to cut behind.`, {
      remedy: `\`mixnas split\` names where it can be cut, \`mixnas cost\` the layers.`,
    });
  }
  const halves = cutGraph(whole, (layer) => placeOf(graph, layer) <= place);
  if (halves !== undefined) return { halves, note };
  throw new MixnasError('bad-usage', `${source.spec}: a cut behind ${after} leaves one side nothing.`, {
    remedy: 'Name a layer in the midst of the network.',
  });
}

/** The op that a layer of the lowered graph comes from: a split of channels is named without its numbers. */
function placeOf({ ops }: LayerGraph, layer: string): number {
  const names = [layer, `${layer}.0`, layer.replace(/\.\d+$/, '')];
  for (const name of names) {
    const found = ops.findIndex((op) => op.name === name);
    if (found >= 0) return found;
  }
  return -1;
}

async function best(source: ExportSource, graph: LayerGraph, cut: Exclude<ExportSplit, { after: string }>) {
  const { best: found, allOnPhone, profile } = await splitGraph(source.spec, graph, true, cut);
  if (found.after === undefined || found.after === allOnPhone.after) {
    const where = found.after === undefined ? 'on the server' : `on ${profile}`;
    throw new MixnasError('bad-usage', `${source.spec} is fastest all ${where}: there is nothing to cut.`, {
      remedy: 'Export it whole, or name the layer to cut behind: --split LAYER.',
    });
  }
  const ms = found.totalMs.toFixed(1);
  return {
    after: found.after,
    note: `Cut after ${found.after}, where ${profile} and the server together take least: ${ms} ms.`,
  };
}

function sentText({ values, output }: LoweredGraph, crossing: readonly string[]): string {
  const shape = values[output]?.shape ?? [];
  const size = shape.reduce((product, n) => product * n, 1);
  const of = crossing.length > 1 ? `, ${crossing.length} values packed into one` : '';
  return `Between them goes \`features\` ${shape.join('x')}, ${formatBytes(4 * size)} as floats${of}.`;
}
