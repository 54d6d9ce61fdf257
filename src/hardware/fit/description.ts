/** What no measurement says about a device: the head of a profile. */
import type { Profile } from '../profile/index.js';

export type ProfileDescription = Pick<
  Profile,
  | 'name'
  | 'device'
  | 'chip'
  | 'unit'
  | 'runtime'
  | 'precision'
  | 'bytesPerValue'
  | 'date'
  | 'sources'
  | 'mapping'
> &
  Partial<Pick<Profile, 'notes' | 'memory' | 'channelGranularity'>>;
