/** Attributes of ONNX nodes. */

export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly f?: number;
  readonly i?: number;
  readonly ints?: readonly number[];
}
export const real = (name: string, f: number): Attribute => ({ name, type: 1, f });
export const integer = (name: string, i: number): Attribute => ({ name, type: 2, i });
export const integers = (name: string, ints: readonly number[]): Attribute => ({ name, type: 7, ints });

/** SAME padding of one axis: pixels before and after. */
export function samePadding(input: number, output: number, window: number, stride: number): [number, number] {
  const total = Math.max((output - 1) * stride + window - input, 0);
  const before = Math.floor(total / 2);
  return [before, total - before];
}
