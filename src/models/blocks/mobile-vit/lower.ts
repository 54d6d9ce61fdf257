/** MobileViT's block as ops (Mehta and Rastegari, arXiv 2110.02178, section 3.1; layer order of timm's code). */
import type { GraphBuilder } from '../../builder.js';
import type { MobileVitBlock } from './schema.js';

/** Adds block `name`, reading op `from`; returns the id of its output. */
export function lowerMobileVit(g: GraphBuilder, name: string, block: MobileVitBlock, from: number): number {
  const { kernel, dim, depth, activation } = block;
  const channels = g.channels(from);
  const unit = (part: string, input: number, out: number, window: number) => {
    const x = g.conv(`${name}.${part}`, input, out, { kernel: window });
    return g.activation(`${name}.${part}.act`, g.batchNorm(`${name}.${part}.bn`, x), activation);
  };
  let x = unit('local', from, channels, kernel);
  x = g.conv(`${name}.embed`, x, dim);
  for (let i = 0; i < depth; i++) x = transformerLayer(g, `${name}.layers.${i}`, block, x);
  x = g.layerNorm(`${name}.norm`, x);
  x = unit('project', x, channels, 1);
  x = g.concat(`${name}.concat`, [from, x]);
  return unit('fuse', x, channels, kernel);
}

/** A transformer layer with normalisation first; its linear layers are 1x1 convolutions of the map. */
function transformerLayer(
  g: GraphBuilder,
  name: string,
  { dim, heads, mlpRatio, patch, activation }: MobileVitBlock,
  from: number,
): number {
  const linear = (part: string, input: number, out: number) =>
    g.conv(`${name}.${part}`, input, out, { bias: true });
  let x = g.layerNorm(`${name}.norm1`, from);
  x = g.attention(`${name}.attention`, linear('qkv', x, 3 * dim), heads, patch);
  const attended = g.add(`${name}.add1`, from, linear('out', x, dim));
  x = g.layerNorm(`${name}.norm2`, attended);
  x = g.activation(`${name}.mlp.act`, linear('mlp.in', x, Math.round(dim * mlpRatio)), activation);
  return g.add(`${name}.add2`, attended, linear('mlp.out', x, dim));
}
