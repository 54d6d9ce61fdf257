/**
 * The notation in which MixNet's authors published their networks, one string a row of equal blocks:
 * `r3_k3.5_a1.1_p1.1_s11_e6_i40_o40_se0.5_nsw` is 3 blocks (the stride is the first one's), depthwise
 * kernels 3 and 5, expand and project convolutions of 2 groups (their kernels, 1 and 1, are listed),
 * stride 1, expansion 6, 40 to 40 channels, squeeze-and-excitation 0.5, swish (else ReLU).
 * `mixnet_builder.py` in github.com/tensorflow/tpu.
 */
import { InternalError } from '../../base/index.js';
import type { MixBlock } from '../blocks/index.js';

interface Row {
  readonly repeats: number;
  readonly block: MixBlock;
}

/** Options of a block string by their letters. */
function optionsOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('_').map((option) => {
      const match = /^([a-z]+?)(sw|[\d.]+)$/.exec(option);
      if (!match) throw new InternalError(`block string ${text} has no meaning at ${option}`);
      return [match[1] ?? '', match[2] ?? ''];
    }),
  );
}

/** Decodes one block string. `i` is left out: a block's input is what the one before it puts out. */
export function decodeRow(text: string): Row {
  const options = optionsOf(text);
  const list = (key: string) => (options.get(key) ?? '').split('.').map(Number);
  return {
    repeats: Number(options.get('r')),
    block: {
      op: 'inverted-residual',
      kernels: list('k'),
      split: 'equal',
      gate: 'none',
      expansion: Number(options.get('e')),
      expandGroups: list('a').length,
      projectGroups: list('p').length,
      seRatio: Number(options.get('se') ?? 0),
      activation: options.get('n') === 'sw' ? 'swish' : 'relu',
      stride: options.get('s') === '22' ? 2 : 1,
      out: Number(options.get('o')),
    },
  };
}
