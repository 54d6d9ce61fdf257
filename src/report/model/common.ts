/** What the networks of a front have in common, block by block, next to what the search tried. */
import { type BlockShape, type Position, blocksOf, positionsOf } from '../../runs/index.js';
import type { ReportRun } from './run.js';

export interface Common {
  readonly front: readonly Position[];
  readonly tried: readonly Position[];
  readonly frontNetworks: number;
  readonly triedNetworks: number;
}

/** Trials are thinned out evenly beyond this: means do not need more. */
const mostTried = 2000;

/** Undefined where no architecture can be decoded. */
export function commonOf(run: ReportRun): Common | undefined {
  const front = run.front.flatMap(({ architecture, graph, gates }) =>
    architecture && graph ? [blocksOf(architecture, graph, gates)] : [],
  );
  const step = Math.max(1, run.complete.length / mostTried);
  const tried: BlockShape[][] = [];
  for (let at = 0; at < run.complete.length; at += step) {
    const row = run.complete[Math.floor(at)];
    const network = row && run.deployed(row);
    if (network) tried.push(blocksOf(network.architecture, network.graph));
  }
  if (front.length === 0) return undefined;
  return {
    front: positionsOf(front),
    tried: positionsOf(tried),
    frontNetworks: front.length,
    triedNetworks: tried.length,
  };
}
