/** 16-bit floats, which Node 20 has no array of. */

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The nearest 16-bit float, ties to even, as its bits. */
function toHalf(value: number): number {
  float[0] = value;
  const word = bits[0] as number;
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude >= 0x7f800000) return sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00);
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // rounds to infinity
  if (magnitude < 0x38800000) {
    // Below the smallest normal number: multiples of 2^-24.
    return sign | roundEven(Math.abs(value) * 2 ** 24);
  }
  const rest = magnitude & 0x1fff;
  const kept = (magnitude - 0x38000000) >>> 13;
  const up = rest > 0x1000 || (rest === 0x1000 && (kept & 1) === 1);
  return sign | (kept + (up ? 1 : 0));
}

function roundEven(value: number): number {
  const low = Math.floor(value);
  const rest = value - low;
  return rest > 0.5 || (rest === 0.5 && low % 2 === 1) ? low + 1 : low;
}

/** Floats as the bytes of 16-bit ones. */
export function halfBytes(data: Float32Array): Uint8Array {
  return new Uint8Array(Uint16Array.from(data, toHalf).buffer);
}
