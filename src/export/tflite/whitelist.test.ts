import { expect, test } from 'vitest';
import { createRandom } from '../../base/index.js';
import { tflite } from '../../formats/index.js';
import { lowerNetwork, targetOptions } from '../lower/index.js';
import { quantizeGraph } from '../quantize/index.js';
import { referenceAt, someData, someImage, someWeights } from '../test-helpers/networks.js';
import { encodeTflite } from './encode.js';

/**
 * Of the ops that our files may have, those that each runtime runs itself, in int8 for Vela and XNNPACK.
 *
 * Vela: SUPPORTED_OPS.md of ethos-u-vela 3.x ("TFLite Summary"). XNNPACK: the "Quantized inference" section of
 * tensorflow/lite/delegates/xnnpack/README.md; SLICE and SPLIT there since TensorFlow 2.13. GPU delegate:
 * tensorflow/lite/g3doc/performance/gpu.md, "Supported ops", and its tools/versioning/gpu_compatibility.cc.
 */
const supported: Readonly<Record<string, ReadonlySet<string>>> = {
  vela: new Set(
    `ADD AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D FULLY_CONNECTED HARD_SWISH LOGISTIC MAX_POOL_2D MEAN MUL
     PAD QUANTIZE RELU RELU6 RESHAPE SLICE SOFTMAX SPLIT SUB TRANSPOSE`.split(/\s+/),
  ),
  xnnpack: new Set(
    `ADD CONCATENATION CONV_2D DEPTHWISE_CONV_2D DEQUANTIZE FULLY_CONNECTED LOGISTIC MAX_POOL_2D MEAN MUL PAD QUANTIZE
     RESHAPE SLICE SPLIT SUB TRANSPOSE`.split(/\s+/),
  ),
  gpu: new Set(
    `ADD CONCATENATION CONV_2D DEPTHWISE_CONV_2D DEQUANTIZE FULLY_CONNECTED HARD_SWISH LOGISTIC MAX_POOL_2D MEAN MUL PAD
     QUANTIZE RELU RELU6 RESHAPE SLICE SOFTMAX SPLIT SUB TRANSPOSE`.split(/\s+/),
  ),
};

function opsOf(name: string, io: 'float' | 'int8', resolution: number): readonly string[] {
  const architecture = referenceAt(name, resolution);
  const random = createRandom(`ops ${name}`);
  const graph = lowerNetwork(architecture, someWeights(architecture, random), someData, targetOptions('any'));
  const images = [someImage(architecture, random)];
  const options = { calibration: 'min-max', equalise: false, correctBias: true, io } as const;
  const model = tflite.readTables(encodeTflite(quantizeGraph(graph, images, options)), name);
  return (model.operatorCodes ?? []).map(({ code }) => tflite.builtinOperators[code] as string);
}

test.each(['vela', 'xnnpack', 'gpu'])(
  'every op of MixNet-S at 224 in int8 is one that %s runs',
  (runtime) => {
    const ops = opsOf('mixnet-s', runtime === 'vela' ? 'int8' : 'float', 224);
    expect(ops).toContain('DEPTHWISE_CONV_2D');
    expect(ops.filter((op) => !supported[runtime]?.has(op))).toEqual([]);
  },
);
