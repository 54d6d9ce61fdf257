/** A run made ready for the report: its front with predictions, its devices, and what is missing. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../base/index.js';
import {
  type Prediction,
  type Predictor,
  type Profile,
  createPredictor,
  loadProfile,
} from '../../hardware/index.js';
import {
  type Architecture,
  type LayerGraph,
  type MixnetSpace,
  lower,
  hasGates,
  parseSpace,
} from '../../models/index.js';
import { type FrontRules, type Objective, latencyMetric, toCost } from '../../metrics/index.js';
import {
  type ExportEntry,
  type Finalists,
  type RunView,
  type TrialRow,
  finalistsOf,
  frontOf,
  metricOf,
  readExports,
  rulesOf,
  type GateWeights,
} from '../../runs/index.js';
import { readGates } from './gates.js';

/** A device of the run; the profile is undefined where its copy in the run cannot be read. */
export interface Device {
  readonly name: string;
  /** `Samsung Galaxy S10 (Exynos 9820, Mali-G76 GPU)`, or the name alone. */
  readonly title: string;
  readonly profile: Profile | undefined;
  readonly predictor: Predictor | undefined;
  readonly limitMs: number | undefined;
}

/** A file about a network that the run folder holds. */
export interface NetworkFile {
  readonly label: string;
  readonly path: string;
  readonly bytes: number;
  /** Accuracy of an exported file, where it was checked on images with labels. */
  readonly accuracy?: number | undefined;
}

/** A network of the front. The graph is the one that is priced, at the deployment resolution. */
export interface FrontNetwork {
  readonly row: TrialRow;
  readonly architecture: Architecture | undefined;
  readonly graph: LayerGraph | undefined;
  /** By device. */
  readonly predictions: ReadonlyMap<string, Prediction>;
  readonly files: readonly NetworkFile[];
  /** What its gates did on validation images, where that was kept with its weights. */
  readonly gates: GateWeights | undefined;
}

export interface ReportRun {
  readonly view: RunView;
  readonly rules: FrontRules;
  readonly space: MixnetSpace | undefined;
  readonly devices: readonly Device[];
  /** What is made better up the plots: accuracy, or the first objective that is made large. */
  readonly quality: Objective;
  /** Finished trials with every objective. */
  readonly complete: readonly TrialRow[];
  /** Members of the front that were evaluated again; undefined where none was. */
  readonly finalists: Finalists | undefined;
  /** Best quality first; by the later accuracies where these are known. */
  readonly front: readonly FrontNetwork[];
  /** What the report cannot show, and why: one sentence each. */
  readonly notes: readonly string[];
  /** The architecture of a trial as it is deployed, where the space is known. */
  deployed(row: TrialRow): { readonly architecture: Architecture; readonly graph: LayerGraph } | undefined;
}

/** Makes a run ready. Never throws for what is missing in the run: `notes` says it. */
export function prepareRun(view: RunView): ReportRun {
  const notes = firstOf(view.problems);
  const attempt = <T>(make: () => T, what: string): T | undefined => {
    try {
      return make();
    } catch (error) {
      const note = `${what}: ${messageOf(error)}`;
      if (!notes.includes(note)) notes.push(note);
      return undefined;
    }
  };
  const { objectives } = view.manifest;
  const rules = rulesOf(view);
  const quality =
    objectives.find(({ direction }) => direction === 'maximize') ?? (objectives as [Objective])[0];
  const space = attempt(() => parseSpace(view.space, 'space.json'), 'Architectures cannot be shown');
  const devices = deviceNames(view).map((name): Device => {
    const predictor = attempt(
      () => createPredictor(loadProfile(profilePath(view, name))),
      `No predictions for ${name}`,
    );
    const limitMs = view.config.limits.latencyMs[name];
    const profile = predictor?.profile;
    return { name, title: deviceTitle(name, profile), profile, predictor, limitMs };
  });
  const measured = view.trials.filter((row) => row.state === 'complete');
  const judged = finalistsOf(view);
  const finalists = judged && judged.done > 0 ? judged : undefined;
  const again = new Map(finalists?.later ? finalists.laterRows.map((row) => [row.id, row]) : []);
  const withObjectives = measured.filter((row) =>
    objectives.every(({ name }) => Number.isFinite(metricOf(row, name))),
  );
  const complete = withObjectives.map((row) => again.get(row.id) ?? row);
  if (complete.length < measured.length) {
    notes.push(`${measured.length - complete.length} finished trials lack an objective and are left out.`);
  }
  const deployed = (row: TrialRow) =>
    space &&
    attempt(() => {
      const architecture = space.decode(space.canonical(row.genome));
      return { architecture, graph: lower(architecture, view.config.deploy) };
    }, `Trial ${row.id} cannot be decoded`);
  const folders = filesByTrial(view.folder);
  const exported = attempt(() => readExports(view.folder), 'Exported files cannot be shown') ?? [];
  const member = (row: TrialRow): FrontNetwork => {
    const network = deployed(row);
    const predictions = new Map<string, Prediction>();
    for (const { name, predictor } of devices) {
      const prediction =
        network && predictor && attempt(() => predictor.predict(network.graph), `No predictions for ${name}`);
      if (prediction) predictions.set(name, prediction);
    }
    const { architecture, graph } = network ?? {};
    const files = [...(folders.get(row.id) ?? []), ...exportedFiles(exported, row.id)];
    const weights = files.find(({ path }) => path === weightsPath(view, row));
    const gated = architecture && hasGates(architecture);
    const gates =
      weights && gated ? attempt(() => readGates(weights.path), 'Gate weights cannot be shown') : undefined;
    return { row, architecture, graph, predictions, files, gates };
  };
  const costOf = (row: TrialRow) => toCost(valueOf(row, quality.name), quality);
  const front = [...(finalists?.later ?? frontOf(complete, rules))]
    .sort((a, b) => costOf(a) - costOf(b) || a.id - b.id)
    .map(member);
  return { view, rules, space, devices, quality, complete, finalists, front, notes, deployed };
}

const mostProblems = 5;

/** A broken journal may have thousands of problems: the first ones are enough. */
function firstOf(problems: readonly string[]): string[] {
  const rest = problems.length - mostProblems;
  return rest <= 1
    ? [...problems]
    : [...problems.slice(0, mostProblems), `And ${rest} more problems of this kind.`];
}

/** A metric of a complete trial; NaN where it has not been recorded. */
export function valueOf(row: TrialRow, metric: string): number {
  return metricOf(row, metric) ?? Number.NaN;
}

/** Profiles whose latency the trials hold. */
function deviceNames({ config, manifest }: RunView): string[] {
  const recorded = [...manifest.metrics, ...manifest.objectives.map(({ name }) => name)];
  return config.profiles.filter((name) => recorded.includes(latencyMetric(name)));
}

const profilePath = (view: RunView, name: string): string =>
  view.profiles[name] ?? join(view.folder, 'profiles', `${name}.json`);

const weightsPath = ({ folder }: RunView, { id }: TrialRow): string =>
  join(folder, 'weights', `${id}.safetensors`);

const deviceTitle = (name: string, profile: Profile | undefined): string =>
  profile ? `${profile.device} (${profile.chip})` : name;

/** Weights and exported files, `<trial>.<extension>` in any folder of the run. */
function filesByTrial(folder: string): Map<number, NetworkFile[]> {
  const files = new Map<number, NetworkFile[]>();
  const folders = readdirSync(folder, { withFileTypes: true });
  for (const inner of folders.filter((entry) => entry.isDirectory())) {
    for (const file of readdirSync(join(folder, inner.name)).sort()) {
      const match = /^(\d+)[.-].*?([A-Za-z0-9]+)$/.exec(file);
      if (!match || inner.name === 'profiles') continue;
      const path = join(folder, inner.name, file);
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (!stats?.isFile()) continue; // a live search has just removed it, or it is a link to elsewhere
      const bytes = stats.size;
      const trial = Number(match[1]);
      const label = match[2] === 'safetensors' ? 'weights' : (match[2] as string);
      files.set(trial, [...(files.get(trial) ?? []), { label, path, bytes }]);
    }
  }
  return files;
}

/** The files that were exported of a network and are still there. */
function exportedFiles(entries: readonly ExportEntry[], trial: number): NetworkFile[] {
  return entries.flatMap(({ trial: of, path, format, precision, bytes, accuracy }) => {
    if (of !== trial || !lstatSync(path, { throwIfNoEntry: false })?.isFile()) return [];
    const label = precision === 'float32' ? format : `${format} ${precision}`;
    return [{ label, path, bytes, accuracy }];
  });
}
