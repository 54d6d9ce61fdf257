/** From what a user writes for a network, an architecture or a model file, to its layer graph. */
import { MixnasError } from '../../base/index.js';
import { type AnyGraph, lower } from '../../models/index.js';
import { type ResolvedArchitecture, resolveArchitecture } from './architecture.js';
import { type FileFacts, graphOfFile, isGraphFile } from './model-file.js';

export interface GraphOptions {
  /** Input height and width in pixels; the architecture's own by default. */
  readonly resolution?: number | undefined;
  /** The architecture's own by default. */
  readonly classes?: number | undefined;
  /** Shapes of a model file's inputs, as `1x224x224x3` or `image=1x224x224x3`. */
  readonly inputs?: readonly string[] | undefined;
}

export interface ResolvedGraph {
  readonly name: string;
  readonly graph: AnyGraph;
  /** Where it is made from an architecture. */
  readonly resolved?: ResolvedArchitecture;
  /** Where it is read from a model file. */
  readonly file?: FileFacts;
}

/**
 * Finds a network and its layer graph.
 * @param spec a `.tflite` or `.onnx` file, or what `resolveArchitecture` takes.
 * @throws MixnasError `bad-config`, `bad-run` or `bad-data` for what is missing or broken, `bad-usage` for
 *   options that the other kind of network has.
 */
export function resolveGraph(spec: string, options: GraphOptions = {}): ResolvedGraph {
  const { resolution, classes, inputs } = options;
  if (isGraphFile(spec)) {
    const given = resolution === undefined ? (classes === undefined ? undefined : 'classes') : 'resolution';
    if (given !== undefined) {
      throw new MixnasError('bad-usage', `${spec}: --${given} is for architectures; this is a model file.`, {
        remedy: given === 'classes' ? 'Leave it out.' : 'Give its input, as in --input 1x224x224x3.',
      });
    }
    return graphOfFile(spec, inputs ?? []);
  }
  if (inputs?.length) {
    throw new MixnasError('bad-usage', `${spec}: --input is for model files; this is an architecture.`, {
      remedy: 'Give --resolution.',
    });
  }
  const resolved = resolveArchitecture(spec);
  const { architecture, name } = resolved;
  const graph = lower(architecture, {
    resolution: resolution ?? architecture.resolution,
    classes: classes ?? architecture.classes,
  });
  return { name, graph, resolved };
}
