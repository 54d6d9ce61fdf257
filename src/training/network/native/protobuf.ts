/** The protocol buffer wire format, as much of it as writing a TensorFlow graph takes. */

/** A non-negative or two's complement integer, seven bits a byte. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

/** Joins messages: fields in a row are a message. */
export function join(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

/** An integer, boolean or enum field. */
export function integer(field: number, value: number): Uint8Array {
  return join([varint(field << 3), varint(value)]);
}

/** A 32-bit float field. */
export function float(field: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return join([varint((field << 3) | 5), bytes]);
}

/** A string, bytes or message field. */
export function bytes(field: number, value: string | Uint8Array): Uint8Array {
  const content = typeof value === 'string' ? Buffer.from(value) : value;
  return join([varint((field << 3) | 2), varint(content.length), content]);
}
