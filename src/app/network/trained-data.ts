/** The data that weights are used with: the very images they were trained on, or others that were asked for. */
import { resolve } from 'node:path';
import { MixnasError, commandLine, dataDifferences } from '../../base/index.js';
import type { DataIdentity } from '../../base/index.js';
import {
  type DataSet,
  type DataSpec,
  type LoadOptions,
  type ResolvedDataSpec,
  type TrainedNetwork,
  arrangeClasses,
  dataSpecSchema,
  identifyData,
  isResizable,
  loadDataSet,
} from '../../training/index.js';
import { type DataUser, likeRecorded, requireData, sameAt, sizedData } from '../data/index.js';

/** Data that was recorded with weights or a run. */
export interface RecordedData {
  readonly spec: ResolvedDataSpec;
  readonly identity?: DataIdentity | undefined;
}

/** Data that is loaded. */
export interface OpenedData {
  readonly spec: ResolvedDataSpec;
  readonly dataset: DataSet;
  readonly identity: DataIdentity;
  /** What is not known of it, as a sentence for the user. */
  readonly notice?: string | undefined;
}

/** Loads data that a user names. */
export async function openGiven(spec: DataSpec, options: LoadOptions): Promise<OpenedData> {
  const resolved = absolute(dataSpecSchema.parse(spec));
  const dataset = await loadDataSet(resolved, options);
  return { spec: resolved, dataset, identity: await identifyData(resolved, () => dataset) };
}

/**
 * Loads data that was recorded, if it is still there and what it was.
 * @throws MixnasError `bad-data` that says what differs, or that the folder is to be named where it was moved.
 */
export async function openRecorded(
  { spec, identity: before }: RecordedData,
  { what, command }: DataUser,
  options: LoadOptions,
): Promise<OpenedData> {
  requireData(spec, { what, command });
  const opened = await openGiven(spec, options);
  if (!before) {
    const notice =
      spec.name === 'folder'
        ? `${what}: which images they were trained on was not recorded (by an older mixnas); whether those of ${spec.path} are the same is not known.`
        : undefined;
    return { ...opened, notice };
  }
  const differences = dataDifferences(before, opened.identity);
  if (differences === undefined) return opened;
  const path = 'path' in spec && spec.path !== undefined ? spec.path : spec.name;
  throw new MixnasError('bad-data', `${what}: the data is not what it was: ${differences}.`, {
    remedy: `To use it as it is now, name it: ${commandLine(...command, '--dataset', path)}`,
  });
}

/** The same where the data may have been moved: `given` is where it is now. */
export function openAgain(
  recorded: RecordedData,
  given: DataSpec | undefined,
  user: DataUser,
  options: LoadOptions,
): Promise<OpenedData> {
  if (given === undefined) return openRecorded(recorded, user, options);
  return openRecorded({ ...recorded, spec: sameAt(recorded.spec, given, user.what) }, user, options);
}

/** Loads the data to use weights with, its labels those of the weights. */
export async function openForWeights(
  { architecture, data }: TrainedNetwork,
  given: DataSpec | undefined,
  user: DataUser,
  options: LoadOptions,
): Promise<OpenedData> {
  const { resolution, inputChannels: channels } = architecture;
  const loading = { ...options, channels };
  const opened =
    given === undefined
      ? await openRecorded(data, user, loading)
      : await openGiven(atSize(likeRecorded(given, data.spec), resolution), loading);
  const { width } = opened.dataset.train;
  if (width !== resolution) {
    throw new MixnasError(
      'bad-data',
      `${user.what} take images of ${resolution}x${resolution}, ${opened.spec.name} has ${width}x${width}.`,
      { remedy: 'Name a folder of images, which are brought to any size.' },
    );
  }
  return { ...opened, dataset: arrangeClasses(opened.dataset, data.classes, user.what) };
}

/** Images are brought to the size that the weights take, where that is possible. */
const atSize = (spec: DataSpec, resolution: number): DataSpec =>
  isResizable(spec) ? sizedData(spec, resolution) : spec;

/** With the path from the root, so that it is found from any working folder. */
function absolute(spec: ResolvedDataSpec): ResolvedDataSpec {
  return 'path' in spec && spec.path !== undefined ? { ...spec, path: resolve(spec.path) } : spec;
}
