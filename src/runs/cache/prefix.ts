/** Check sums of the beginning of a journal. */
import { readSync } from 'node:fs';
import { crc32 } from 'node:zlib';

export const pieceBytes = 1 << 20;
const endBytes = 1 << 16;

/** The sum of the first `bytes` of an open file, a piece at a time; undefined where it is shorter. */
export function* prefixSum(file: number, bytes: number): Generator<undefined, number | undefined> {
  const piece = Buffer.allocUnsafe(pieceBytes);
  let sum = 0;
  for (let at = 0; at < bytes; ) {
    const read = readSync(file, piece, 0, Math.min(pieceBytes, bytes - at), at);
    if (read === 0) return undefined;
    sum = crc32(piece.subarray(0, read), sum);
    at += read;
    yield undefined;
  }
  return sum;
}

/** The sum of the first and the last 64 KiB of the first `bytes`. */
export function endsSum(file: number, bytes: number): number {
  const piece = Buffer.allocUnsafe(endBytes);
  const first = readSync(file, piece, 0, Math.min(endBytes, bytes), 0);
  const sum = crc32(piece.subarray(0, first));
  const from = Math.max(0, bytes - endBytes);
  const last = readSync(file, piece, 0, bytes - from, from);
  return crc32(piece.subarray(0, last), sum);
}

/** Runs steps to their end. */
export function allOf<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
