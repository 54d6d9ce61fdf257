/**
 * The small models of a kit: device kernels that no public table of any phone holds. Kernel sizes 9 and 11, dilation,
 * split channels, grouped 1x1 convolutions and swish are what a MixNet is made of, and what profiles extrapolate.
 */
import { GraphBuilder, type LayerGraph } from '../../../models/index.js';

interface Place {
  /** Height and width of the input. */
  readonly size: number;
  readonly channels: number;
  readonly stride?: 1 | 2;
}

const places: readonly Place[] = [
  { size: 112, channels: 32 },
  { size: 112, channels: 64, stride: 2 },
  { size: 56, channels: 96 },
  { size: 56, channels: 144, stride: 2 },
  { size: 28, channels: 240 },
  { size: 28, channels: 240, stride: 2 },
  { size: 14, channels: 480 },
  { size: 14, channels: 480, stride: 2 },
  { size: 7, channels: 960 },
  { size: 7, channels: 1536 },
];
const [, , at56, , at28, , at14, , at7] = places as readonly [
  Place,
  Place,
  Place,
  Place,
  Place,
  Place,
  Place,
  Place,
  Place,
  Place,
];

const dilated: readonly (readonly [Place, kernel: number, dilation: number])[] = [
  [at56, 3, 2],
  [at28, 3, 2],
  [at14, 3, 2],
  [at7, 3, 2],
  [at56, 5, 2],
  [at28, 5, 2],
  [at14, 5, 2],
  [at28, 3, 4],
  [at14, 3, 4],
  [at14, 7, 2],
];

const strided = (place: Place): Place => ({ ...place, stride: 2 });
const mixed: readonly (readonly [Place, kernels: readonly number[], shares: 'equal' | 'exponential'])[] = [
  [at56, [3, 5], 'equal'],
  [at56, [3, 5, 7], 'equal'],
  [at28, [3, 5, 7, 9], 'equal'],
  [at28, [3, 5, 7, 9, 11], 'equal'],
  [at14, [3, 5], 'equal'],
  [at14, [3, 5, 7, 9, 11], 'equal'],
  [at7, [3, 5, 7, 9], 'equal'],
  [strided(at56), [3, 5, 7], 'equal'],
  [strided(at28), [3, 5, 7, 9], 'equal'],
  [at56, [3, 5, 7], 'exponential'],
  [at28, [3, 5, 7, 9], 'exponential'],
  [at14, [3, 5, 7, 9, 11], 'exponential'],
];

const grouped: readonly (readonly [size: number, input: number, output: number, groups: number])[] = [
  [112, 32, 64, 2],
  [56, 96, 96, 2],
  [28, 120, 240, 2],
  [28, 240, 120, 2],
  [28, 240, 240, 4],
  [14, 240, 480, 4],
  [14, 480, 240, 2],
  [14, 480, 480, 3],
  [7, 480, 960, 4],
  [7, 960, 480, 2],
];

const swished: readonly (readonly [size: number, channels: number])[] = [
  [112, 32],
  [112, 64],
  [56, 96],
  [56, 144],
  [28, 240],
  [14, 480],
  [7, 960],
  [7, 1536],
];

function graphOf(
  name: string,
  { size, channels }: Place,
  build: (b: GraphBuilder, input: number) => void,
): LayerGraph {
  const b = new GraphBuilder();
  build(b, b.input(size, channels));
  return { name, resolution: size, classes: b.channels(b.ops.length - 1), ops: b.ops };
}

const at = ({ size, channels, stride = 1 }: Place) =>
  `${size}x${channels}${stride === 1 ? '' : `-s${stride}`}`;

function depthwise(place: Place, kernel: number, dilation = 1): LayerGraph {
  const name = `depthwise${kernel}${dilation === 1 ? '' : `-d${dilation}`}-${at(place)}`;
  return graphOf(name, place, (b, x) => b.depthwise('depthwise', x, kernel, place.stride ?? 1, dilation));
}

/** Channels of each group: equal as far as they divide, or half of the rest for each but the last. */
function sizesOf(channels: number, groups: number, shares: 'equal' | 'exponential'): number[] {
  let left = channels;
  return Array.from({ length: groups }, (_, i) => {
    const rest = groups - i;
    const size = rest === 1 ? left : shares === 'equal' ? Math.ceil(left / rest) : Math.ceil(left / 2);
    left -= size;
    return size;
  });
}

function mix(place: Place, kernels: readonly number[], shares: 'equal' | 'exponential'): LayerGraph {
  const name = `mix${kernels.join('')}-${shares}-${at(place)}`;
  return graphOf(name, place, (b, x) => {
    let begin = 0;
    const parts = sizesOf(place.channels, kernels.length, shares).map((size, i) => {
      begin += size;
      return b.slice(`slice.${i}`, x, begin - size, size);
    });
    const convolved = parts.map((part, i) =>
      b.depthwise(`depthwise.${i}`, part, kernels[i] as number, place.stride ?? 1),
    );
    b.concat('concat', convolved);
  });
}

/** 60 models, always the same. */
export function kitModels(): LayerGraph[] {
  return [
    ...places.flatMap((place) => [9, 11].map((kernel) => depthwise(place, kernel))),
    ...dilated.map(([place, kernel, dilation]) => depthwise(place, kernel, dilation)),
    ...mixed.map(([place, kernels, shares]) => mix(place, kernels, shares)),
    ...grouped.map(([size, channels, output, groups]) =>
      graphOf(`grouped${groups}-${size}x${channels}-${output}`, { size, channels }, (b, x) =>
        b.conv('conv', x, output, { groups, bias: true }),
      ),
    ),
    ...swished.map(([size, channels]) =>
      graphOf(`swish-${size}x${channels}`, { size, channels }, (b, x) => b.activation('swish', x, 'swish')),
    ),
  ];
}
