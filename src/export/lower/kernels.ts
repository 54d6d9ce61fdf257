/** Kernels in the order of the lowered graph, from that of our weights. */

/** `[k, k, in, out]` to `[out, k, k, in]`. */
export function outputFirst(data: Float32Array, inner: number, outputs: number): Float32Array {
  const result = new Float32Array(data.length);
  for (let i = 0; i < inner; i++) {
    for (let o = 0; o < outputs; o++) result[o * inner + i] = data[i * outputs + o] as number;
  }
  return result;
}
