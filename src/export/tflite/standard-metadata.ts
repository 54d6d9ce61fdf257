/**
 * TensorFlow Lite's own metadata (metadata_schema.fbs, identifier M001): what Android's ML libraries read to turn a
 * picture into the input and logits into names.
 */
import { Builder } from 'flatbuffers';
import { packageVersion } from '../../base/index.js';
import type { LoweredGraph } from '../lower/index.js';

/** The name of the file of labels within a TFLite file: one a line. */
export const labelsFile = 'labels.txt';

/** Numbers of the schema's unions and enums. */
const featureProperties = 1;
const imageProperties = 2;
const rgb = 1;
const normalizationOptions = 1;
const tensorAxisLabels = 2;

/** A table of offsets and bytes: `[slot, value]`, bytes where `isByte`. */
function table(
  b: Builder,
  fields: readonly (readonly [slot: number, value: number, isByte?: 'byte'])[],
): number {
  b.startObject(1 + Math.max(-1, ...fields.map(([slot]) => slot)));
  for (const [slot, value, isByte] of fields) {
    if (isByte) b.addFieldInt8(slot, value, 0);
    else b.addFieldOffset(slot, value, 0);
  }
  return b.endObject();
}

function offsets(b: Builder, items: readonly number[]): number {
  b.startVector(4, items.length, 4);
  for (const item of items.toReversed()) b.addOffset(item);
  return b.endVector();
}

function floats(b: Builder, values: readonly number[]): number {
  b.startVector(4, values.length, 4);
  for (const value of values.toReversed()) b.addFloat32(value);
  return b.endVector();
}

/** The bytes of the buffer `TFLITE_METADATA`. */
export function standardMetadata({ name, signature }: LoweredGraph): Uint8Array {
  const b = new Builder(1024);
  const text = (value: string) => b.createString(value);
  const content = (type: number, properties: number) =>
    table(b, [
      [0, type, 'byte'],
      [1, properties],
    ]);

  // Here (pixel - mean) / std, of pixels from 0 to 255.
  const mean = floats(
    b,
    signature.mean.map((value) => 255 * value),
  );
  const std = floats(
    b,
    signature.std.map((value) => 255 * value),
  );
  const unit = table(b, [
    [0, normalizationOptions, 'byte'],
    [
      1,
      table(b, [
        [0, mean],
        [1, std],
      ]),
    ],
  ]);
  const input = table(b, [
    [0, text(signature.input)],
    [1, text('The picture, normalised.')],
    [3, content(imageProperties, table(b, [[0, rgb, 'byte']]))],
    [4, offsets(b, [unit])],
  ]);
  const file = table(b, [
    [0, text(labelsFile)],
    [1, text('The name of each class, in the order of the logits.')],
    [2, tensorAxisLabels, 'byte'],
  ]);
  const output = table(b, [
    [0, text(signature.output)],
    [1, text('A logit for each class; softmax makes them probabilities.')],
    [3, content(featureProperties, table(b, []))],
    [6, offsets(b, [file])],
  ]);
  const subgraph = table(b, [
    [2, offsets(b, [input])],
    [3, offsets(b, [output])],
  ]);
  const model = table(b, [
    [0, text(name)],
    [1, text(`${name}, written by mixnas ${packageVersion()}`)],
    [3, offsets(b, [subgraph])],
    [7, text('1.0.0')],
  ]);
  b.finish(model, 'M001');
  return b.asUint8Array();
}
