/** ShuffleNetV2 at 1.0 and 1.5 times (Ma et al., arXiv 1807.11164, table 5). */
import type { Architecture } from '../architecture.js';
import type { Block } from '../blocks/index.js';

/** Units of each stage; the first has stride 2. */
const repeats = [4, 8, 4] as const;

function shufflenet(name: string, widths: readonly [number, number, number]): Architecture {
  const unit = (out: number, stride: 1 | 2): Block => ({
    op: 'shuffle',
    kernel: 3,
    activation: 'relu',
    stride,
    out,
  });
  return {
    name,
    resolution: 224,
    classes: 1000,
    inputChannels: 3,
    stem: { out: 24, kernel: 3, stride: 2, activation: 'relu' },
    blocks: [
      { op: 'max-pool', kernel: 3, stride: 2 },
      ...widths.flatMap((width, stage) =>
        Array.from({ length: repeats[stage] as number }, (_, i) => unit(width, i === 0 ? 2 : 1)),
      ),
    ],
    head: { out: 1024, activation: 'relu', dropout: 0 },
  };
}

export const shufflenet10 = () => shufflenet('shufflenet-v2-1.0', [116, 232, 464]);
export const shufflenet15 = () => shufflenet('shufflenet-v2-1.5', [176, 352, 704]);
