/** What a file says of itself: labels and normalisation, in a form that programs read. */
import { packageVersion } from '../../base/index.js';
import type { LoweredGraph } from '../lower/index.js';
import { standardMetadata } from './standard-metadata.js';

/** The metadata of a file: by name, as bytes. */
export function metadataOf(graph: LoweredGraph): { readonly name: string; readonly data: Uint8Array }[] {
  const { name, signature } = graph;
  const about = {
    mixnas: packageVersion(),
    network: name,
    input: signature.input,
    output: signature.output,
    /** The network reads (pixel / 255 - mean) / std. */
    mean: signature.mean,
    std: signature.std,
    labels: signature.labels,
  };
  return [
    { name: 'mixnas', data: new TextEncoder().encode(JSON.stringify(about)) },
    { name: 'TFLITE_METADATA', data: standardMetadata(graph) },
  ];
}
