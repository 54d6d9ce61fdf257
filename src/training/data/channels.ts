/** Images in the number of channels that a network takes. */
import { MixnasError } from '../../base/index.js';
import { greyOf } from './decode/index.js';
import { type Channels, type DataSet, type MemorySet, createDataSet } from './image-set.js';

/** @throws MixnasError `bad-config` for a number of channels that images do not have. */
export function parseChannels(channels: number): Channels {
  if (channels === 1 || channels === 3 || channels === 4) return channels;
  throw new MixnasError('bad-config', `inputChannels: images of ${channels} channels cannot be trained on.`, {
    remedy: 'Take 1 (grey), 3 (red, green, blue) or 4 (the fourth is alpha, or what the files hold there).',
  });
}

/**
 * Images of red, green and blue, as they are or in grey.
 * @throws MixnasError `bad-config` for four channels, of which there are three.
 */
export function withChannels(set: DataSet<MemorySet>, channels: Channels): DataSet<MemorySet> {
  if (channels === 3) return set;
  if (channels === 4) {
    throw new MixnasError('bad-config', `inputChannels: the images of ${set.name} have no fourth channel.`, {
      remedy: 'Take 3, or 1 for grey; a folder of your own images can have four.',
    });
  }
  const grey = (split: MemorySet): MemorySet => ({ ...split, channels, images: greyOf(split.images) });
  return createDataSet(set.name, grey(set.train), grey(set.test));
}
