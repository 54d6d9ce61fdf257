/**
 * Weights files, in the safetensors format: eight bytes of header length, a JSON header with each
 * array's type, shape and place, then the arrays, little-endian. Other tools read it, and nothing in
 * it is ever executed.
 */
import { z } from 'zod';
import { MixnasError, kindOfBytes, parseWith } from '../base/index.js';
import { type WeightArray, type Weights, sizeOf } from './network/variables.js';

/** Free text about the weights; what mixnas writes is listed at `describeWeights`. */
export type WeightsMetadata = Readonly<Record<string, string>>;

const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(z.number().int().nonnegative()),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
});
const metadataSchema = z.record(z.string(), z.string());
const headerSchema = z.record(z.string(), z.unknown());

/** The safetensors bytes of `weights` with `metadata`. */
export function encodeWeights(weights: Weights, metadata: WeightsMetadata = {}): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { shape, data }] of weights) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Math.ceil(json.length / 8) * 8; // so that the floats are aligned in the file
  const bytes = Buffer.alloc(8 + padded + offset, ' ');
  bytes.writeBigUInt64LE(BigInt(padded));
  json.copy(bytes, 8);
  let at = 8 + padded;
  for (const { data } of weights.values()) {
    Buffer.from(data.buffer, data.byteOffset, data.byteLength).copy(bytes, at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * Reads safetensors bytes.
 * @param what where they came from (a path), for the message.
 * @throws MixnasError `bad-data` when the file is cut off, broken or holds other than 32-bit floats.
 */
export function decodeWeights(
  bytes: Uint8Array,
  what = 'the weights',
): { weights: Weights; metadata: WeightsMetadata } {
  const broken = (why: string) =>
    new MixnasError('bad-data', `${what}: ${why}.`, {
      remedy: 'Copy the file again from where it was written, or train again.',
    });
  const kind = kindOfBytes(bytes);
  if (kind && kind.name !== 'safetensors' && kind.name !== 'binary') {
    throw new MixnasError('bad-data', `${what} is ${kind.text}, not a safetensors file of weights.`, {
      remedy:
        'Name weights that mixnas wrote: a .safetensors file, a folder of `mixnas train`, or run#trial.',
    });
  }
  if (bytes.length < 8) throw broken('too short for a safetensors file, it was cut off');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  const start = 8 + headerLength;
  if (headerLength > 100e6) throw broken('not a safetensors file');
  if (start > bytes.length) throw broken('cut off inside its header, or not a safetensors file');
  const { __metadata__: stored = {}, ...entries } = parseWith(
    headerSchema,
    parseHeader(bytes.subarray(8, start), broken),
    what,
    'bad-data',
  );
  const metadata = parseWith(metadataSchema, stored, `${what}, metadata`, 'bad-data');
  const weights = new Map<string, WeightArray>();
  for (const [name, value] of Object.entries(entries)) {
    const { dtype, shape, data_offsets } = parseWith(entrySchema, value, `${what}, ${name}`, 'bad-data');
    const [from, to] = data_offsets;
    if (dtype !== 'F32') throw broken(`${name} is of type ${dtype}; mixnas reads F32`);
    if (to - from !== 4 * sizeOf(shape)) throw broken(`${name} has another size than its shape says`);
    if (start + to > bytes.length)
      throw broken(`cut off, ${start + to - bytes.length} bytes or more are missing`);
    weights.set(name, { shape, data: floats(bytes.subarray(start + from, start + to)) });
  }
  return { weights, metadata };
}

/** Copies the bytes: where they lie in the file may be no multiple of four. */
function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

function parseHeader(header: Uint8Array, broken: (why: string) => MixnasError): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(header));
  } catch {
    throw broken('its header is not JSON, so it is not a safetensors file');
  }
}
