/** A program in the making: the maps and operations so far, and what each layer's value is. */
import type { AnyGraph } from '../../models/index.js';
import { brickChannels } from './machine.js';
import type { Box, NpuMap, NpuOperation } from './operation.js';

/** A map, or a part of its channels: what the value of a layer is. */
export interface Value {
  readonly map: number;
  readonly begin: number;
  readonly channels: number;
}

/** What an operation is, besides what it reads; the rest is as plain as can be. */
export type Wanted = Pick<NpuOperation, 'layer' | 'kind' | 'write'> & Partial<NpuOperation>;

/** Window, stride and dilation of an operation over a square window. */
export function windowOf(kernel: number, stride: number, dilation: number) {
  return { kernelHeight: kernel, kernelWidth: kernel, strideHeight: stride, strideWidth: stride, dilation };
}

export class ProgramBuilder {
  readonly maps: NpuMap[] = [];
  readonly operations: NpuOperation[] = [];
  /** Maps of which a part begins between bricks: they are laid out pixel by pixel. */
  readonly unaligned = new Set<number>();
  /** What each layer's value is. */
  readonly #values: Value[] = [];
  /** The operations that make a layer's value, for what is merged into them. */
  readonly #makers: (readonly NpuOperation[])[] = [];
  readonly #readers: number[];

  constructor(graph: AnyGraph) {
    this.#readers = graph.ops.map(() => 0);
    for (const { inputs } of graph.ops)
      for (const id of inputs) this.#readers[id] = (this.#readers[id] as number) + 1;
  }

  valueOf(layer: number): Value {
    return this.#values[layer] as Value;
  }

  makersOf(layer: number): readonly NpuOperation[] {
    return this.#makers[layer] ?? [];
  }

  /** How many layers read the value of a layer. */
  readersOf(layer: number): number {
    return this.#readers[layer] as number;
  }

  mapOf({ map }: Value): NpuMap {
    return this.maps[map] as NpuMap;
  }

  map({ height, width, channels }: Box): number {
    const map = { height, width, channels, linear: false, external: false, writers: [], readers: [] };
    return this.maps.push(map) - 1;
  }

  /** Appends an operation that reads a value. Written out as a literal: a search makes millions of them. */
  emit(wanted: Wanted, { map, begin, channels }: Value): NpuOperation {
    const from = this.maps[map] as NpuMap;
    const part = channels < from.channels;
    if (part && begin % brickChannels !== 0) this.unaligned.add(map);
    const { height, width } = from;
    const operation: NpuOperation = {
      layer: wanted.layer,
      kind: wanted.kind,
      unit: wanted.unit ?? 'other',
      activation: wanted.activation ?? 'none',
      input: map,
      read: wanted.read ?? { height, width, channels },
      part,
      second: wanted.second,
      output: wanted.output ?? this.map(wanted.write),
      write: wanted.write,
      intoPart: wanted.intoPart ?? false,
      kernelHeight: wanted.kernelHeight ?? 1,
      kernelWidth: wanted.kernelWidth ?? 1,
      strideHeight: wanted.strideHeight ?? 1,
      strideWidth: wanted.strideWidth ?? 1,
      dilation: wanted.dilation ?? 1,
      fromCpu: wanted.fromCpu ?? false,
      outputBytes: wanted.outputBytes ?? 1,
    };
    const at = this.operations.push(operation) - 1;
    from.readers.push(at);
    if (operation.second !== undefined) (this.maps[operation.second] as NpuMap).readers.push(at);
    (this.maps[operation.output] as NpuMap).writers.push(at);
    return operation;
  }

  /** The value of a layer is that of one operation. */
  make(wanted: Wanted, from: Value): NpuOperation {
    const operation = this.emit(wanted, from);
    this.set(wanted.layer, [operation], whole(operation));
    return operation;
  }

  set(layer: number, makers: readonly NpuOperation[], value: Value): void {
    this.#makers[layer] = makers;
    this.#values[layer] = value;
  }

  /** Copies a value into a part of a larger map. */
  copyInto(layer: number, part: Value, output: number, begin: number): void {
    const { height, width } = this.maps[output] as NpuMap;
    const write = { height, width, channels: part.channels };
    this.emit({ layer, kind: 'copy', write, output, intoPart: true }, part);
    if (begin % brickChannels !== 0) this.unaligned.add(output);
  }
}

/** What an operation writes, as a value. */
export function whole({ output, write }: NpuOperation): Value {
  return { map: output, begin: 0, channels: write.channels };
}
