/**
 * Which operations run in stripes, one behind the other: the maps between them are then never whole. The compiler does
 * so where a map would not fit into the fast memory; what reads a part of a map, joins two maps or is read twice ends it.
 */
import { roundUp } from './machine.js';
import { mapBytes, type NpuMap, type NpuOperation, type NpuProgram } from './operation.js';
import { weightBytes } from './weights.js';

/** Operations in stripes: from the first to the last, one after the other. */
export interface Cascade {
  readonly first: number;
  readonly last: number;
  /** Rows that each operation makes at a time. */
  readonly rows: ReadonlyMap<number, number>;
  /** Bytes of what is kept of the maps between them. */
  readonly bytes: number;
}

function isWholeInput({ maps }: NpuProgram, { input }: NpuOperation): boolean {
  const { external, linear } = maps[input] as NpuMap;
  return external || linear;
}

function isWholeOutput({ maps }: NpuProgram, { output, intoPart }: NpuOperation): boolean {
  const { external, linear, readers } = maps[output] as NpuMap;
  return external || linear || intoPart || readers.length > 1;
}

/** Rows of input that so many rows of output need. */
export function inputRows(
  { kernelHeight, strideHeight, dilation }: NpuOperation,
  rows: number,
  most: number,
): number {
  return Math.min(most, (rows - 1) * strideHeight + (kernelHeight - 1) * dilation + 1);
}

/** An output that may be written over an input of the same layout that nothing else reads. */
export function overwritten({ maps }: NpuProgram, operation: NpuOperation): number | undefined {
  if (operation.kind !== 'elementwise') return undefined;
  const output = maps[operation.output] as NpuMap;
  return [operation.input, operation.second].find((id) => {
    const map = id === undefined ? undefined : maps[id];
    return (
      map !== undefined &&
      map.height === output.height &&
      map.width === output.width &&
      map.channels === output.channels &&
      map.linear === output.linear &&
      map.readers.length === 1 &&
      output.writers.length === 1 &&
      !map.external
    );
  });
}

/** Rows of output in a stripe: as many as the next operation takes at a time. */
function stripeRows(operations: readonly NpuOperation[], at: number): number {
  return operations[at + 1]?.strideHeight ?? 1;
}

/** @param limit bytes of the fast memory. */
export function cascadesOf(program: NpuProgram, limit: number): Cascade[] {
  const { maps, operations } = program;
  const cascades: Cascade[] = [];
  const mayCascade = (at: number) => {
    const { kind, part, second, write } = operations[at] as NpuOperation;
    return kind !== 'product' && !part && second === undefined && stripeRows(operations, at) < write.height;
  };
  /** Bytes of an operation whose maps are whole. */
  const wholeBytes = (operation: NpuOperation) => {
    const output =
      overwritten(program, operation) === undefined ? mapBytes(maps[operation.output] as NpuMap) : 0;
    return mapBytes(maps[operation.input] as NpuMap) + output;
  };
  for (let first = 0; first < operations.length; first++) {
    if (!mayCascade(first)) continue;
    let last = first;
    let bytes = 0;
    for (let at = first; ; at++) {
      const producer = operations[at] as NpuOperation;
      const { readers } = maps[producer.output] as NpuMap;
      if (readers.length !== 1 || readers[0] !== at + 1 || !mayCascade(at + 1)) break;
      const consumer = operations[at + 1] as NpuOperation;
      if (isWholeInput(program, consumer) || isWholeOutput(program, producer)) break;
      bytes += rollingBytes(program, at, stripeRows(operations, at), stripeRows(operations, at + 1));
      if (wholeBytes(consumer) < limit || bytes > limit) break;
      last = at + 1;
    }
    if (last > first) cascades.push(widest(program, first, last, limit));
    first = last;
  }
  return cascades;
}

/** The cascade with as many rows at a time as the memory takes: fewer rows are computed twice. */
function widest(program: NpuProgram, first: number, last: number, limit: number): Cascade {
  const { operations } = program;
  const { height } = (operations[last] as NpuOperation).write;
  const least = stripeRows(operations, last);
  const smallest = new Map<number, number>();
  for (let at = first; at <= last; at++) smallest.set(at, stripeRows(operations, at));
  let best: Cascade = { first, last, rows: smallest, bytes: bytesOf(smallest) };
  for (let rows = least + 1; rows <= Math.floor(height / 2); rows++) {
    const stripes = new Map<number, number>();
    let own = rows;
    for (let at = last; at >= first; at--) {
      stripes.set(at, own);
      own *= (operations[at] as NpuOperation).strideHeight;
    }
    const bytes = bytesOf(stripes);
    if (bytes > limit) break;
    best = { first, last, rows: stripes, bytes };
  }
  return best;

  function bytesOf(stripes: ReadonlyMap<number, number>): number {
    let bytes = 0;
    for (let at = first; at <= last; at++) {
      bytes += weightBytes(operations[at] as NpuOperation);
      if (at < last)
        bytes += rollingBytes(program, at, stripes.get(at) as number, stripes.get(at + 1) as number);
    }
    return bytes;
  }
}

/** Bytes of the map between two operations that make so many rows at a time. */
function rollingBytes(
  { maps, operations }: NpuProgram,
  producer: number,
  rows: number,
  next: number,
): number {
  const { height, width, channels } = maps[(operations[producer] as NpuOperation).output] as NpuMap;
  const taken = inputRows(operations[producer + 1] as NpuOperation, next, height);
  return roundUp(rows + taken, taken) * width * roundUp(channels, 16);
}
