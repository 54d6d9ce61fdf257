/** The published networks that a search is measured against, by name. */
import { MixnasError, nearest } from '../../base/index.js';
import type { Architecture } from '../architecture.js';
import { ghostnet } from './ghostnet.js';
import { efficientnetB0, efficientnetLite0, mobilenetV1, mobilenetV2 } from './mobile.js';
import { mobilenetV3Large, mobilenetV3Small } from './mobilenet-v3.js';
import { mobilenetV4Medium, mobilenetV4Small } from './mobilenet-v4.js';
import { mobilevitS, mobilevitXS } from './mobilevit.js';
import { shufflenet10, shufflenet15 } from './shufflenet.js';
import { mixnetL, mixnetM, mixnetS, mixnetXL } from './mixnet.js';

/** What was published about a reference model, in addition to its structure. */
export interface ReferenceInfo {
  readonly name: string;
  /** Where the network was published. */
  readonly source: string;
  /** ImageNet top-1 accuracy in percent, as the paper gives it. */
  readonly top1Paper?: number;
  /** The paper's own multiply-adds, which run 2 to 7 % above the exact MACs of the graph. */
  readonly flopsPaper?: number;
  /** ImageNet top-1 accuracy in percent of the weights in timm 1.0.29. */
  readonly top1Timm?: number;
}

interface Reference {
  readonly info: Omit<ReferenceInfo, 'name'>;
  readonly build: () => Architecture;
}

const mixconv = 'Tan and Le, "MixConv: Mixed Depthwise Convolutional Kernels", BMVC 2019, arXiv 1907.09595';

const shuffle = 'Ma et al., "ShuffleNet V2", ECCV 2018, arXiv 1807.11164';
const v3 = 'Howard et al., "Searching for MobileNetV3", ICCV 2019, arXiv 1905.02244';
const v4 = 'Qin et al., "MobileNetV4", ECCV 2024, arXiv 2404.10518';
const vit = 'Mehta and Rastegari, "MobileViT", ICLR 2022, arXiv 2110.02178';

const references: Readonly<Record<string, Reference>> = {
  'mixnet-s': {
    info: { source: mixconv, top1Paper: 75.8, flopsPaper: 256e6, top1Timm: 76.0 },
    build: mixnetS,
  },
  'mixnet-m': {
    info: { source: mixconv, top1Paper: 77.0, flopsPaper: 360e6, top1Timm: 77.27 },
    build: mixnetM,
  },
  'mixnet-l': {
    info: { source: mixconv, top1Paper: 78.9, flopsPaper: 565e6, top1Timm: 78.97 },
    build: mixnetL,
  },
  'mixnet-xl': {
    info: { source: `timm 1.0.29, MixNet-M scaled; after ${mixconv}`, top1Timm: 80.49 },
    build: mixnetXL,
  },
  'mobilenet-v1': {
    info: {
      source: 'Howard et al., "MobileNets", arXiv 1704.04861',
      top1Paper: 70.6,
      flopsPaper: 575e6,
    },
    build: mobilenetV1,
  },
  'mobilenet-v2': {
    info: {
      source: 'Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", arXiv 1801.04381',
      top1Paper: 72.0,
      flopsPaper: 300e6,
    },
    build: mobilenetV2,
  },
  'mobilenet-v3-small': {
    info: { source: v3, top1Paper: 67.4, flopsPaper: 56e6 },
    build: mobilenetV3Small,
  },
  'mobilenet-v3-large': {
    info: { source: v3, top1Paper: 75.2, flopsPaper: 219e6 },
    build: mobilenetV3Large,
  },
  'mobilenet-v4-conv-s': {
    info: { source: v4, top1Paper: 73.8, flopsPaper: 0.2e9 },
    build: mobilenetV4Small,
  },
  'mobilenet-v4-conv-m': { info: { source: v4, top1Paper: 79.9, flopsPaper: 1e9 }, build: mobilenetV4Medium },
  'shufflenet-v2-1.0': {
    info: { source: shuffle, top1Paper: 69.4, flopsPaper: 146e6 },
    build: shufflenet10,
  },
  'shufflenet-v2-1.5': {
    info: { source: shuffle, top1Paper: 72.6, flopsPaper: 299e6 },
    build: shufflenet15,
  },
  'efficientnet-b0': {
    info: {
      source: 'Tan and Le, "EfficientNet", ICML 2019, arXiv 1905.11946',
      top1Paper: 77.1,
      flopsPaper: 390e6,
    },
    build: efficientnetB0,
  },
  'efficientnet-lite0': {
    info: {
      source: 'The authors of EfficientNet, github.com/tensorflow/tpu, after arXiv 1905.11946',
      top1Paper: 75.1,
      flopsPaper: 407e6,
    },
    build: efficientnetLite0,
  },
  'ghostnet-1.0': {
    info: {
      source: 'Han et al., "GhostNet", CVPR 2020, arXiv 1911.11907',
      top1Paper: 73.9,
      flopsPaper: 141e6,
    },
    build: ghostnet,
  },
  'mobilevit-xs': { info: { source: vit, top1Paper: 74.8 }, build: mobilevitXS },
  'mobilevit-s': { info: { source: vit, top1Paper: 78.4 }, build: mobilevitS },
};

/** The names of all reference models, family by family. */
export const referenceNames: readonly string[] = Object.keys(references);

function find(name: string): Reference {
  const reference = Object.hasOwn(references, name) ? references[name] : undefined;
  if (reference) return reference;
  const near = nearest(name, referenceNames)[0];
  throw new MixnasError('bad-config', `There is no reference model \`${name}\`.`, {
    remedy: near ? `Did you mean \`${near}\`?` : `Choose one of ${referenceNames.join(', ')}.`,
  });
}

/**
 * A reference model at its published resolution and classes.
 * @throws MixnasError `bad-config` with the nearest name when there is none of this name.
 */
export function referenceArchitecture(name: string): Architecture {
  return find(name).build();
}

/**
 * What was published about a reference model.
 * @throws MixnasError `bad-config` with the nearest name when there is none of this name.
 */
export function referenceInfo(name: string): ReferenceInfo {
  return { name, ...find(name).info };
}
