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
    // Pairs of Q and DQ are computed as they are written: its int8 kernels of before VNNI saturate.
    const options = { intraOpNumThreads: 1, logSeverityLevel: 3, graphOptimizationLevel: 'basic' } as const;
    const session = await ort.InferenceSession.create(bytes, options);
    const [input = '', output = ''] = [session.inputNames[0], session.outputNames[0]];
    const about = session.inputMetadata[0];
    const shape = about?.isTensor ? about.shape.map(Number) : [];
    const [, channels = 1, height = 1, width = 1] = shape;
    return {
      async run(image) {
        const map = mapOf(image, channels, height * width);
        const made = await session.run({
          [input]: new ort.Tensor('float32', map, [1, channels, height, width]),
        });
        return made[output]?.data as Elements;
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
