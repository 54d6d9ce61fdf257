/** Times the networks of an ablation on this host. */
import { availableParallelism } from 'node:os';
import { graphsOf, measureHost } from '../../measure/index.js';
import type { Variant } from './plan.js';

/** Each network is timed this often, minutes apart where there are many. */
const rounds = 3;

/**
 * Milliseconds of each network on one core of this host, one image at a time, with ONNX Runtime.
 * @throws MixnasError `no-backend` where the runtime is not installed.
 */
export async function measureOnHost(
  variants: readonly Variant[],
  {
    seconds,
    log,
    signal,
  }: { readonly seconds: number; readonly log: string; readonly signal?: AbortSignal | undefined },
): Promise<number[]> {
  const plan = variants.map(({ name, architecture }) => {
    const { resolution, classes } = architecture;
    return { name: `groups-${name}`, architecture, resolution, classes };
  });
  const core = availableParallelism() - 1;
  const { records } = await measureHost(graphsOf(plan), {
    target: 'onnxruntime',
    core,
    seconds: seconds / rounds,
    rounds,
    nodes: false,
    logPath: log,
    signal,
  });
  signal?.throwIfAborted();
  return records.map(({ us }) => us / 1000);
}
