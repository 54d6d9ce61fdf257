/** ONNX Runtime's CPU provider: `onnxruntime-node`. */
import { MixnasError, messageOf } from '../../base/index.js';
import type { CheckRuntime, Elements, LoadedModel } from './runtime.js';

type Ort = typeof import('onnxruntime-node');

/** ONNX Runtime; undefined where it is not installed. */
export async function loadOnnxRuntime(): Promise<CheckRuntime | undefined> {
  let ort: Ort;
  try {
    ort = await import('onnxruntime-node');
  } catch {
    return undefined;
  }
  const { version } = (ort.env as { versions?: { node?: string } }).versions
    ? { version: ort.env.versions.node ?? '' }
    : { version: '' };
  return { name: `ONNX Runtime ${version}`.trim(), load: (bytes) => open(ort, bytes) };
}

async function open(ort: Ort, bytes: Uint8Array): Promise<LoadedModel> {
  try {
    // Pairs of Q and DQ are computed as they are written. Where a processor has no VNNI, what `extended` makes of them adds
    // products in 16 bits that saturate (up to 3 steps in our tests); `session.x64quantprecision: 1` avoids that too.
    const options = { intraOpNumThreads: 1, logSeverityLevel: 3, graphOptimizationLevel: 'basic' } as const;
    const session = await ort.InferenceSession.create(bytes, options);
    const [input = '', output = ''] = [session.inputNames[0], session.outputNames[0]];
    const about = session.inputMetadata[0];
    const shape = about?.isTensor ? about.shape.map(Number) : [];
    const [, channels = 1, height = 1, width = 1] = shape;
    return {
      async run(image) {
        const map = shape.length === 4 ? mapOf(image, channels, height * width) : Float32Array.from(image);
        const made = await session.run({ [input]: new ort.Tensor('float32', map, shape) });
        const { data, dims = [] } = made[output] ?? {};
        // A map is given back as it is read, with its channels last.
        const pixels = dims.length === 4 ? (dims[2] as number) * (dims[3] as number) : 0;
        return pixels === 0 ? (data as Elements) : mapOf(data as Elements, pixels, dims[1] as number);
      },
      dispose: () => void session.release(),
    };
  } catch (error) {
    throw new MixnasError('evaluation-failed', `ONNX Runtime refuses the file: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** Pixels with their channels last, as a map with its channels first. */
export function mapOf(image: Elements, channels: number, pixels: number): Float32Array {
  return Float32Array.from(
    image,
    (_, i) => image[(i % pixels) * channels + Math.floor(i / pixels)] as number,
  );
}
