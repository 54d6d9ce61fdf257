/** Which networks are measured on a device. */
import { architectureHash, lower, type LayerGraph } from '../../../models/index.js';
import { createRandom } from '../../../base/index.js';
import { type MappingRules, loadProfile, suggestMeasurements } from '../../../hardware/index.js';
import { coverNetworks, planGraph } from '../../../measure/index.js';
import { loadSpace } from '../../config/index.js';
import { deviceOf } from '../tune-device.js';

export interface ChooseOptions {
  /** The search space that the profile is for, by name or path. Default: `mixnet-imagenet`. */
  readonly space?: string | undefined;
  /** How many networks. Default: 20. */
  readonly networks?: number | undefined;
  /** Input height and width, that of deployment. Default: 224. */
  readonly resolution?: number | undefined;
  /** A sibling's profile, whose uncertainty over the space is to be cut. */
  readonly like?: string | undefined;
  readonly seed?: string | number | undefined;
}

/** Members of the space that are looked at. */
const candidates = 400;

/** How TensorFlow Lite launches layers on a unit. */
export const rulesOfUnit = (unit: 'CPU' | 'GPU' | 'NPU', like: string | undefined): MappingRules =>
  deviceOf({ name: '', unit }, like === undefined ? undefined : loadProfile(like)).mapping;

/**
 * The networks of a space that cut most of a profile's uncertainty over it. Without a profile nothing is known of the
 * device: those that hold between them most of what the space is made of.
 * @throws MixnasError `bad-config` for the space, `bad-profile`.
 */
export function chooseNetworks(rules: MappingRules, options: ChooseOptions): LayerGraph[] {
  const { space: name = 'mixnet-imagenet', networks: count = 20, resolution = 224, like, seed = 1 } = options;
  const space = loadSpace(name);
  const random = createRandom(`device/${seed}`);
  if (like === undefined) {
    const setting = { count: 2 * count, resolutions: [resolution], random };
    // Each space is drawn at its own size too, which is not what is deployed.
    const drawn = coverNetworks([space], rules, setting).filter((n) => n.resolution === resolution);
    return drawn.slice(0, count).map((network) => named(planGraph(network), network.name));
  }
  const pool = Array.from({ length: candidates }, () => space.decode(space.random(random)));
  return suggestMeasurements(loadProfile(like), pool, count, { resolution }).map(({ architecture }) =>
    named(
      lower(architecture, { resolution }),
      `${space.name}-${architectureHash(architecture).slice(0, 8)}@${resolution}`,
    ),
  );
}

/** Names of files on a device have no signs that a shell reads. */
const named = (graph: LayerGraph, name: string): LayerGraph => ({
  ...graph,
  name: name.replaceAll('@', '-').replaceAll(/[^\w.-]/g, '_'),
});
