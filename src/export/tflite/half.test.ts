import fc from 'fast-check';
import { expect, test } from 'vitest';
import { halfBytes } from './half.js';

/** What the bits of a 16-bit float stand for, by the standard. */
function valueOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction) : 2 ** -14 * fraction);
}

const half = (value: number) => new Uint16Array(halfBytes(Float32Array.of(value)).buffer)[0] as number;

test('every 16-bit float is itself', () => {
  for (let bits = 0; bits < 1 << 16; bits++) {
    const value = valueOf(bits);
    if (!Number.isNaN(value)) expect(half(value)).toBe(bits);
  }
  expect(Number.isNaN(valueOf(half(Number.NaN)))).toBe(true);
});

test('any number becomes the nearest, of two the even one', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, min: -65000, max: 65000 }), (value) => {
      const bits = half(value);
      const error = Math.abs(valueOf(bits) - value);
      for (const other of [bits - 1, bits + 1]) {
        if (other < 0 || Math.sign(valueOf(other)) !== Math.sign(valueOf(bits))) continue;
        const distance = Math.abs(valueOf(other) - value);
        expect(error < distance || (error === distance && bits % 2 === 0)).toBe(true);
      }
    }),
    { numRuns: 2000 },
  );
});
