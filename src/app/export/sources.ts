/** What is exported: a trained network, the front of a run, or an architecture without weights. */
import { existsSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { MixnasError, createRandom } from '../../base/index.js';
import type { Architecture } from '../../models/index.js';
import { lower } from '../../models/index.js';
import { findRun, frontOfRun, readRun } from '../../runs/index.js';
import { type TrainedNetwork, type Weights, initialWeights } from '../../training/index.js';
import { readSaved, resolveArchitecture } from '../network/index.js';

/** One network to export. */
export interface ExportSource {
  /** As the user would name it alone. */
  readonly spec: string;
  /** What its file is called, without a suffix. */
  readonly fileName: string;
  readonly architecture: Architecture;
  readonly weights: Weights;
  readonly labels: readonly string[];
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** The run and trial that it is of, if it is of one. */
  readonly trial?: { readonly folder: string; readonly id: number } | undefined;
  /** The weights with the data they were trained on; undefined for a network that was not trained. */
  readonly trained?: TrainedNetwork | undefined;
}

/**
 * The networks that a user names.
 * @param spec a run, `run#trial`, a folder that `train` wrote, a weights file, an architecture file or a reference model.
 * @throws MixnasError `bad-run` for a run without kept weights, `bad-config` for what is none of these.
 */
export function exportSources(spec: string): ExportSource[] {
  if (isRun(spec)) return frontSources(spec);
  if (isTrained(spec)) return [{ ...trainedSource(spec), trial: trialOf(spec) }];
  return [untrainedSource(spec)];
}

function isRun(spec: string): boolean {
  const folder = existsSync(join(spec, 'journal.jsonl')) ? spec : join('runs', spec);
  return existsSync(join(folder, 'journal.jsonl'));
}

function isTrained(spec: string): boolean {
  if (!existsSync(spec)) return /#\d+$/.test(spec);
  return statSync(spec).isDirectory() || extname(spec) === '.safetensors';
}

function frontSources(spec: string): ExportSource[] {
  const view = readRun(spec);
  const front = frontOfRun(view);
  const kept = front.filter(({ id }) => existsSync(join(view.folder, 'weights', `${id}.safetensors`)));
  if (kept.length === 0) {
    throw new MixnasError('bad-run', `${view.name} has no network on its front whose weights were kept.`, {
      remedy: `Resume it (mixnas resume ${view.name}), or train one: mixnas train ${view.name}#${front[0]?.id ?? 0}.`,
    });
  }
  return kept.map(({ id }) => ({
    ...trainedSource(`${view.folder}#${id}`, `${view.name}#${id}`),
    trial: { folder: view.folder, id },
  }));
}

/** The trial that `run#trial` names. */
function trialOf(spec: string): ExportSource['trial'] {
  const match = existsSync(spec) ? null : /^(.+)#(\d+)$/.exec(spec);
  return match ? { folder: findRun(match[1] as string), id: Number(match[2]) } : undefined;
}

function trainedSource(spec: string, name = spec): ExportSource {
  const trained = readSaved(spec);
  const { architecture, weights, data } = trained;
  const { mean, std, classes: labels } = data;
  return { spec: name, fileName: fileNameOf(name), architecture, weights, labels, mean, std, trained };
}

/** Weights as training begins with, but for the last layer, which begins at zero and would make every logit 0. */
function untrainedSource(spec: string): ExportSource {
  const { architecture, name } = resolveArchitecture(spec);
  const graph = lower(architecture);
  const weights = new Map(initialWeights(graph, 1));
  const random = createRandom('untrained classifier');
  const last = graph.ops.at(-1)?.name ?? '';
  const kernel = weights.get(`${last}.kernel`);
  if (kernel) {
    const bound = 1 / Math.sqrt(kernel.shape[0] as number);
    weights.set(`${last}.kernel`, { ...kernel, data: kernel.data.map(() => bound * random.normal()) });
  }
  const labels = Array.from({ length: architecture.classes }, (_, i) => `class ${i}`);
  const channels = Array.from({ length: architecture.inputChannels }, () => 0);
  return {
    spec,
    fileName: fileNameOf(name),
    architecture,
    weights,
    labels,
    // The network reads pixels from 0 to 1 less their middle, as nothing is known of its images.
    mean: channels.map(() => 0.5),
    std: channels.map(() => 0.25),
  };
}

/** `quickstart-1#12` and `trained/mixnet-1/weights.safetensors` as names of files. */
function fileNameOf(spec: string): string {
  const parts = spec.split(/[\\/]/).filter((part) => part !== '' && part !== '.');
  const last = parts.at(-1) ?? 'network';
  const own = last === 'weights.safetensors' ? (parts.at(-2) ?? 'network') : basename(last, extname(last));
  return own.replace(/[^\w.-]+/g, '-');
}
