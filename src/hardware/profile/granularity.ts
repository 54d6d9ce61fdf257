/** Channels that suit several devices at once. */
import { MixnasError } from '../../base/index.js';
import { mostAlign } from '../../models/index.js';
import type { Profile } from './profile.js';

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));

/**
 * The least number of channels that is a multiple of what each device reads, writes and computes at once; devices that do
 * not state it ask for nothing.
 * @throws MixnasError `bad-config` where it is larger than any border could be moved by.
 */
export function commonGranularity(profiles: readonly Pick<Profile, 'name' | 'channelGranularity'>[]): number {
  const multiple = profiles.reduce(
    (least, { channelGranularity: own = 1 }) => (least / divisor(least, own)) * own,
    1,
  );
  if (multiple <= mostAlign) return multiple;
  const each = profiles.map(({ name, channelGranularity = 1 }) => `${name} ${channelGranularity}`).join(', ');
  throw new MixnasError(
    'bad-config',
    `align: only multiples of ${multiple} channels suit all devices (${each}).`,
    {
      remedy: `Give the multiple that counts most, at most ${mostAlign}, as in \`align: 16\`.`,
    },
  );
}
