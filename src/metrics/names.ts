/** What the numbers of a trial are called: one place puts a name together and takes it apart. */

/** Latencies of a device: the prediction, and the upper and the lower end of its 90 % band. */
export const latencyFamilies = ['latencyMs', 'latencyHighMs', 'latencyLowMs'] as const;
export type LatencyFamily = (typeof latencyFamilies)[number];

/** What is one number for all devices: counts of the layer graph, and a phone's and a server's latency together. */
export const sizeMetrics = ['macs', 'params', 'peakMemoryBytes', 'splitLatencyMs'] as const;
export type SizeMetric = (typeof sizeMetrics)[number];

export const isSizeMetric = (name: string): name is SizeMetric =>
  (sizeMetrics as readonly string[]).includes(name);

/** Memory of a network on one device: activations, weights and the runtime's share. */
const memoryFamily = 'memoryBytes';

/** The name of a device's memory: `memoryBytes.mali-g76`. */
export const memoryMetric = (device: string): string => `${memoryFamily}.${device}`;

/** The device whose memory a metric is; undefined for any other metric. */
export function deviceOfMemory(name: string): string | undefined {
  return name.startsWith(`${memoryFamily}.`) ? name.slice(memoryFamily.length + 1) : undefined;
}

/** The name of a latency: `latencyMs.mali-g76`. */
export const latencyMetric = (device: string, family: LatencyFamily = 'latencyMs'): string =>
  `${family}.${device}`;

/** Takes the name of a latency apart; undefined for any other metric. */
export function parseLatencyMetric(
  name: string,
): { readonly family: LatencyFamily; readonly device: string } | undefined {
  const family = latencyFamilies.find((known) => name.startsWith(`${known}.`));
  return family && { family, device: name.slice(family.length + 1) };
}

/**
 * The robust rule: the metric that a search minimises and limits where a user says "latency on a device".
 * That is the prediction, and in a robust search the upper end of its band.
 */
export const limitedMetric = (
  { robust }: { readonly robust?: boolean | undefined },
  device: string,
): string => latencyMetric(device, robust ? 'latencyHighMs' : 'latencyMs');
