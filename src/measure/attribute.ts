/**
 * From a runtime's own profile to the layers of the graph.
 *
 * ONNX Runtime names a node after the layer that was fused last (`blocks.3.depthwise.act_nchwc`,
 * `.../QuickGeluFusion/`), splits after the last slice, and inserts reorderings between memory layouts that
 * have no layer: a `ReorderInput` belongs to the node that needed it, a `ReorderOutput` to the one before it.
 */

/** A node that ran, and its time. */
export interface NodeTime {
  readonly node: string;
  readonly us: number;
}

/** The longest layer name that a node's name begins with, at a boundary. */
function layerOf(node: string, layers: ReadonlySet<string>): string | undefined {
  for (let end = node.length; end > 0; end--) {
    if (end < node.length && !/[/_]/.test(node[end] as string)) continue;
    const name = node.slice(0, end);
    if (layers.has(name)) return name;
  }
  return undefined;
}

/**
 * µs of each layer, by its name. Time of nodes that belong to no layer is in `rest`.
 * @param nodes in the order of execution.
 */
export function attributeNodes(
  nodes: readonly NodeTime[],
  layers: ReadonlySet<string>,
): { readonly us: ReadonlyMap<string, number>; readonly restUs: number } {
  const us = new Map<string, number>();
  let restUs = 0;
  let last: string | undefined;
  let waiting = 0;
  const give = (layer: string | undefined, time: number) => {
    if (layer === undefined) restUs += time;
    else us.set(layer, (us.get(layer) ?? 0) + time);
  };
  for (const { node, us: time } of nodes) {
    if (node.startsWith('ReorderInput')) {
      waiting += time;
    } else if (node.startsWith('ReorderOutput')) {
      give(last, time);
    } else {
      const layer = layerOf(node, layers);
      give(layer, time + waiting);
      waiting = 0;
      last = layer ?? last;
    }
  }
  restUs += waiting;
  return { us, restUs };
}
