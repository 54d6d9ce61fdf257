/** One node with its inputs: what the readers of ops work on. */
import { MixnasError, printable } from '../../base/index.js';
import type { FileNode } from './file-model.js';
import { type Value, axisOf } from './value.js';
import type { LayerWriter } from './writer.js';

/** Reads one kind of op: writes its layers and returns its outputs. */
export type OpReader = (call: Call) => readonly Value[];

export class Call {
  constructor(
    readonly node: FileNode,
    readonly inputs: readonly (Value | undefined)[],
    /** The shapes that the file gives its outputs, where they are whole. */
    readonly declared: readonly (readonly number[] | undefined)[],
    readonly writer: LayerWriter,
    readonly format: 'TFLite' | 'ONNX',
    private readonly path: string,
  ) {}

  get name(): string {
    return this.node.name;
  }

  fail(what: string): never {
    const { name, type } = this.node;
    const where = printable(`${type} \`${name.slice(0, 80)}\``);
    throw new MixnasError('bad-data', `${this.path}: ${where}: ${what}.`, {
      remedy: 'Export the file again, or check it with the tool that made it.',
    });
  }

  input(i = 0): Value {
    return this.inputs[i] ?? this.fail(`it has no input ${i}`);
  }

  /** The inputs there are. */
  get present(): Value[] {
    return this.inputs.filter((value) => value !== undefined);
  }

  /** Values of a constant input. */
  numbers(i: number, what: string): readonly number[] {
    return this.inputs[i]?.numbers ?? this.fail(`${what} is not a constant of the file`);
  }

  number(name: string, absent: number): number {
    const value = this.node.attributes[name];
    return typeof value === 'number' ? value : typeof value === 'boolean' ? Number(value) : absent;
  }

  list(name: string): readonly number[] | undefined {
    const value = this.node.attributes[name];
    return Array.isArray(value) ? (value as readonly number[]) : undefined;
  }

  text(name: string): string {
    const value = this.node.attributes[name];
    return typeof value === 'string' ? value : '';
  }

  /** An axis of a value, checked. */
  axis(axis: number, rank: number): number {
    const found = axisOf(axis, rank);
    if (!Number.isInteger(found) || found < 0 || found >= Math.max(1, rank)) {
      this.fail(`axis ${axis} is not one of ${rank}`);
    }
    return found;
  }
}
