/** A trained network as one file: safetensors weights whose metadata say what they are weights of. */
import { z } from 'zod';
import {
  type DataIdentity,
  MixnasError,
  dataIdentitySchema,
  messageOf,
  packageVersion,
  parseWith,
} from '../base/index.js';
import { type Architecture, architectureSchema, lower } from '../models/index.js';
import { type DataSet, type ResolvedDataSpec, dataSpecSchema } from './data/index.js';
import type { GateStatistics } from './train/evaluate.js';
import { type Weights, checkWeights } from './network/variables.js';
import { decodeWeights, encodeWeights } from './weights.js';

const perChannel = z.array(z.number()).readonly();
const dataSchema = z.strictObject({
  /** The data set as a config names it, so that it can be loaded again. */
  spec: dataSpecSchema,
  /** The normalisation of the inputs: mean and standard deviation of pixel / 255. */
  mean: perChannel,
  std: perChannel,
  /** The name of each class. */
  classes: z.array(z.string()).readonly(),
  /** Which images it was trained on and what was held out; weights of 0.1.0 do not say it. */
  identity: dataIdentitySchema(z).optional(),
});

/** What a network was trained on. */
export type TrainedOn = z.output<typeof dataSchema>;

/** What a network trained on `dataset`, loaded by `spec`, has to remember of it. */
export function describeData(
  spec: ResolvedDataSpec,
  { mean, std, train }: DataSet,
  identity?: DataIdentity,
): TrainedOn {
  return { spec, mean, std, classes: train.classes, ...(identity && { identity }) };
}

/** Everything needed to use a trained network. */
export interface TrainedNetwork {
  readonly architecture: Architecture;
  readonly weights: Weights;
  readonly data: TrainedOn;
  /** What its gates did on the validation images, where it has some. */
  readonly gates?: GateStatistics | undefined;
}

const gatesSchema = z.record(
  z.string(),
  z.strictObject({
    runs: z.array(z.number()),
    mean: z.array(z.number()),
    byClass: z.array(z.array(z.number())),
  }),
);

/**
 * The metadata of a weights file: `mixnas` (version), `architecture` and `data` as JSON, `resolution`, `classes`, and
 * `gates` where there are some.
 */
export function networkMetadata({
  architecture,
  data,
  gates,
}: Omit<TrainedNetwork, 'weights'>): Readonly<Record<string, string>> {
  return {
    mixnas: packageVersion(),
    architecture: JSON.stringify(architecture),
    resolution: String(architecture.resolution),
    classes: String(architecture.classes),
    data: JSON.stringify(data),
    ...(gates && { gates: JSON.stringify(gates) }),
  };
}

/** The bytes of a weights file, with its metadata. */
export function encodeNetwork(network: TrainedNetwork): Uint8Array {
  return encodeWeights(network.weights, networkMetadata(network));
}

/**
 * Reads a weights file.
 * @param what where the bytes came from (a path), for the message.
 * @throws MixnasError `bad-data` when it is broken, not mixnas's, or its weights do not fit its architecture.
 */
export function decodeNetwork(bytes: Uint8Array, what = 'the weights'): TrainedNetwork {
  const { weights, metadata } = decodeWeights(bytes, what);
  const parsed = <T>(key: string, schema: z.ZodType<T>): T =>
    parseWith(schema, parseJson(metadata[key], `${what}: its \`${key}\``), `${what}, ${key}`, 'bad-data');
  const architecture = parsed('architecture', architectureSchema);
  const data = parsed('data', dataSchema);
  checkWeights(lower(architecture), weights, what);
  checkNumbers(weights, what);
  const gates = metadata['gates'] === undefined ? undefined : parsed('gates', gatesSchema);
  return { architecture, weights, data, ...(gates && { gates }) };
}

/** @throws MixnasError `bad-data` that names the first array with an element that is not a finite number. */
function checkNumbers(weights: Weights, what: string): void {
  for (const [name, { data }] of weights) {
    const odd = data.find((value) => !Number.isFinite(value));
    if (odd === undefined) continue;
    throw new MixnasError('bad-data', `${what}: ${name} holds ${odd}, so the network can say nothing.`, {
      remedy: 'Copy the file again from where it was written, or train again.',
    });
  }
}

/** @throws MixnasError `bad-data` for text that is missing or not JSON. */
export function parseJson(text: string | undefined, what: string): unknown {
  if (text === undefined) {
    throw new MixnasError('bad-data', `${what} is missing, so mixnas did not write it.`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new MixnasError('bad-data', `${what} is broken: ${messageOf(error)}.`, { cause: error });
  }
}
