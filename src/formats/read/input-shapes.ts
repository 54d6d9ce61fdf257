/** The shapes of a file's inputs: its own, with what the user gives for sizes that it leaves free. */
import { MixnasError } from '../../base/index.js';
import type { FileModel, FileShape } from './file-model.js';

/** As `1x224x224x3`; without a name it is for the next input in the file's order. */
export interface InputShape {
  readonly name?: string | undefined;
  readonly shape: readonly number[];
}

const text = (shape: FileShape) => shape.map((size) => size ?? '?').join('x');

const isImage = (channels: number | undefined) => channels === 1 || channels === 3;

/** The axis of channels: last in TFLite, second in ONNX unless only the last is a picture's. */
export function channelAxis(shape: FileShape, format: FileModel['format']): number {
  const last = Math.max(0, shape.length - 1);
  if (format === 'TFLite' || shape.length < 3) return last;
  return shape.length === 4 && isImage(shape[3]) && shape[1] !== undefined && !isImage(shape[1]) ? 3 : 1;
}

/** The given shape in the file's layout: ONNX files keep channels second, and people write them last. */
function fitted(given: readonly number[], own: FileShape | undefined, format: FileModel['format']) {
  if (own === undefined) return given;
  if (given.length !== own.length) return undefined;
  const axis = channelAxis(own, format);
  const fits = (shape: readonly number[]) => own[axis] === undefined || own[axis] === shape[axis];
  if (fits(given)) return given;
  const turned =
    format === 'ONNX' && given.length === 4 ? [0, 3, 1, 2].map((i) => given[i] as number) : given;
  return fits(turned) ? turned : undefined;
}

/** @returns the inputs' shapes, and whether all are those that the file declares. */
export function inputShapes(model: FileModel, path: string, given: readonly InputShape[]) {
  const usage = (message: string, remedy: string) =>
    new MixnasError('bad-usage', `${path}: ${message}`, { remedy });
  const names = model.inputs.map((key) => model.tensors.get(key)?.name ?? key);
  const unnamed = given.filter(({ name }) => name === undefined);
  for (const { name } of given) {
    if (name !== undefined && !names.includes(name)) {
      throw usage(`it has no input \`${name}\`.`, `Its inputs: ${names.slice(0, 10).join(', ') || 'none'}.`);
    }
  }
  if (unnamed.length > names.length) {
    throw usage(
      `${unnamed.length} shapes are given for ${names.length} inputs.`,
      'Give at most one for each.',
    );
  }
  let next = 0;
  let asDeclared = true;
  const inputs = model.inputs.map((key, i) => {
    const name = names[i] as string;
    const own = model.tensors.get(key)?.shape;
    const wanted = given.find((one) => one.name === name)?.shape ?? unnamed[next++]?.shape;
    if (wanted !== undefined) {
      const shape = fitted(wanted, own, model.format);
      if (shape === undefined) {
        throw usage(
          `its input \`${name}\` is ${text(own ?? [])}, which ${text(wanted)} does not fit.`,
          'Give as many sizes, and its channels.',
        );
      }
      asDeclared &&= own !== undefined && shape.every((size, axis) => size === own[axis]);
      return { key, name, shape };
    }
    // One image at a time, where the batch is free.
    const shape = own?.map((size, axis) => (axis === 0 && own.length > 1 ? (size ?? 1) : size));
    if (shape === undefined || shape.some((size) => size === undefined)) {
      const known = shape === undefined ? 'of an unknown shape' : text(shape);
      throw usage(
        `its input \`${name}\` is ${known}: the file leaves its size free.`,
        `Give it, as in --input ${shape ? shape.map((size, axis) => size ?? (axis === 0 ? 1 : 224)).join('x') : '1x224x224x3'}.`,
      );
    }
    asDeclared &&= own !== undefined && own.every((size) => size !== undefined);
    return { key, name, shape: shape as readonly number[] };
  });
  return { inputs, asDeclared };
}
