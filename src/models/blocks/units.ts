/** Pieces that several kinds of block are lowered to. */
import type { GraphBuilder } from '../builder.js';
import type { Activation } from './fields.js';

/** Depthwise convolution, batch norm, activation. */
export function depthwiseUnit(
  g: GraphBuilder,
  name: string,
  from: number,
  { kernel, stride }: { readonly kernel: number; readonly stride: number },
  activation: Activation,
): number {
  const x = g.batchNorm(`${name}.bn`, g.depthwise(name, from, kernel, stride));
  return g.activation(`${name}.act`, x, activation);
}

/** 1x1 convolution, batch norm, activation. */
export function pointwiseUnit(
  g: GraphBuilder,
  name: string,
  from: number,
  out: number,
  activation: Activation,
): number {
  const x = g.batchNorm(`${name}.bn`, g.conv(name, from, out));
  return g.activation(`${name}.act`, x, activation);
}

/** How squeeze-and-excitation is built. */
export interface SqueezeOptions {
  /** Channels of the squeezed layer. */
  readonly squeezed: number;
  /** Between the two layers. */
  readonly activation: Activation;
  /** What makes weights of the second layer's output. */
  readonly gate: 'sigmoid' | 'hsigmoid';
}

/** Squeeze-and-excitation with biases: mean, 1x1, activation, 1x1, gate, and the product with what it read. */
export function squeezeExcite(
  g: GraphBuilder,
  name: string,
  from: number,
  { squeezed, activation, gate }: SqueezeOptions,
): number {
  const pooled = g.mean(`${name}.se.mean`, from);
  const reduced = g.conv(`${name}.se.reduce`, pooled, squeezed, { bias: true });
  const active = g.activation(`${name}.se.act`, reduced, activation);
  const excited = g.conv(`${name}.se.expand`, active, g.channels(from), { bias: true });
  const weights = g.activation(`${name}.se.sigmoid`, excited, gate);
  return g.multiply(`${name}.se.scale`, from, weights);
}
