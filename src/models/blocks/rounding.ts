/** How published networks round scaled channels: the nearest multiple, and not below nine tenths of what was asked. */
export function roundChannels(channels: number, multiple = 8): number {
  const rounded = Math.max(multiple, Math.floor((channels + multiple / 2) / multiple) * multiple);
  return rounded < 0.9 * channels ? rounded + multiple : rounded;
}
