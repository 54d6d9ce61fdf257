/**
 * An op profile of a file that we wrote: of it not only convolutions are known, but in what order a runtime launches
 * what splits, joins, gates and activates. What does not match in number stays untimed, as for files of others.
 */
import type { AnyGraph } from '../../models/index.js';
import type { Kernel } from '../kernel.js';
import { type MappedKernel, mapKernels } from '../mapping.js';
import type { MappingRules } from '../profile/index.js';
import { type ProfiledOp, isKnownOp, timeKernels } from './op-classes.js';

type Timed = { readonly kernel: Kernel; readonly us: number | undefined };

const elementwise =
  /^(?:ADD|SUB|MUL|DIV|LOGISTIC|HARD_SWISH|SOFTMAX|RELU\w*|TANH|PRELU|LEAKY_RELU|ELU)$|^(?:Add|Subtract|Multiply|Divide|Sigmoid|HardSwish|Softmax|Clamp|Tanh|PReLU|Leaky ReLU|ELU|(?:Unary|Binary) Elementwise)\b/;
const splits = /^(?:SPLIT|SPLIT_V|SLICE|STRIDED_SLICE)$|^Slice\b/;
const joins = /^CONCATENATION$|^Concatenate\b/;
/** XNNPACK splits and joins by a copy for each part. */
const copies = /^Copy\b/;

/** Whether an operator is one that a file of ours is made of; a small model may have no convolution. */
export const isOwnOp = (op: ProfiledOp): boolean =>
  isKnownOp(op) || [elementwise, splits, joins, copies].some((pattern) => pattern.test(op.type));

/** Runtimes split into at most so many parts at once. */
const mostParts = 4;

/** The parts of each split: slices of one image that are one op where they are equal and few. */
function splitGroups(graph: AnyGraph, kernels: readonly MappedKernel[]): MappedKernel[][] {
  const opOf = new Map(graph.ops.map((op) => [op.name, op]));
  const bySource = new Map<number, MappedKernel[]>();
  for (const kernel of kernels) {
    if (kernel.op !== 'slice') continue;
    const from = opOf.get(kernel.layer)?.inputs[0] ?? -1;
    bySource.set(from, [...(bySource.get(from) ?? []), kernel]);
  }
  return [...bySource].flatMap(([from, parts]) => {
    const whole = graph.ops[from]?.shape[2];
    const even =
      parts.length >= 2 &&
      parts.length <= mostParts &&
      parts.every((part) => part.output === parts[0]?.output) &&
      parts.length * (parts[0]?.output ?? 0) === whole;
    return even ? [parts] : parts.map((part) => [part]);
  });
}

/** Divides the time of an op among the device kernels that it stands for, by what they move. */
function share(times: Map<Kernel, number>, parts: readonly Kernel[], us: number): void {
  const total = parts.reduce((sum, part) => sum + part.output, 0);
  for (const part of parts) times.set(part, (us * part.output) / total);
}

/** What splits and joins, by TensorFlow Lite's own ops or by XNNPACK's copies. */
function timeMoves(graph: AnyGraph, kernels: readonly MappedKernel[], ops: readonly ProfiledOp[]) {
  const times = new Map<Kernel, number>();
  const groups = splitGroups(graph, kernels);
  const concats = kernels.filter(({ op }) => op === 'concat');
  const own = ops.filter(({ type }) => splits.test(type));
  const joined = ops.filter(({ type }) => joins.test(type));
  if (own.length === groups.length) groups.forEach((parts, i) => share(times, parts, own[i]?.us ?? 0));
  if (joined.length === concats.length) concats.forEach((kernel, i) => times.set(kernel, joined[i]?.us ?? 0));
  const copied = ops.filter(({ type }) => copies.test(type));
  if (copied.length === 0 || joined.length > 0) return times;
  // Even splits and concatenations are copies in the order of the graph; a slice is an op of its own.
  const even = groups.filter((parts) => parts.length > 1);
  const slices = groups.filter((parts) => parts.length === 1);
  if (own.length !== slices.length) return times;
  const moves = [
    ...even.map((parts) => ({ first: parts[0] as MappedKernel, parts })),
    ...concats.map((first) => ({ first, parts: undefined })),
  ].sort((a, b) => kernels.indexOf(a.first) - kernels.indexOf(b.first));
  const wanted = moves.reduce((sum, { first, parts }) => sum + (parts?.length ?? first.kernel), 0);
  if (wanted !== copied.length) return times;
  let next = 0;
  for (const { first, parts } of moves) {
    const count = parts?.length ?? first.kernel;
    const us = copied.slice(next, next + count).map((op) => op.us);
    next += count;
    if (parts) parts.forEach((part, i) => times.set(part, us[i] as number));
    else
      times.set(
        first,
        us.reduce((a, b) => a + b, 0),
      );
  }
  slices.forEach((parts, i) => share(times, parts, own[i]?.us ?? 0));
  return times;
}

/**
 * The device kernels of a graph with the times of the operators that its file ran.
 * @throws MixnasError `bad-data` as `timeKernels`.
 */
export function timeGraph(
  profile: { readonly ops: readonly ProfiledOp[] },
  graph: AnyGraph,
  rules: MappingRules,
  what: string,
): Timed[] {
  const kernels = mapKernels(graph, rules);
  const moved = timeMoves(graph, kernels, profile.ops);
  const acting = profile.ops.filter(({ type }) => elementwise.test(type));
  const active = kernels.filter(({ op }) => op === 'elementwise');
  const times = new Map<Kernel, number>(
    acting.length === active.length ? active.map((kernel, i) => [kernel, acting[i]?.us ?? 0]) : [],
  );
  return timeKernels(profile, kernels, what).map(({ kernel, us }) => {
    const { layer: _, ...bare } = kernel as MappedKernel;
    return { kernel: bare, us: us ?? (moved.get(kernel) || times.get(kernel) || undefined) };
  });
}
