/** One trial as a run's readers see it. */
import { type CurvePoint } from '../base/index.js';
import { NumberStore } from './number-store.js';
import { type JournalEntry, decodeCurve, decodeGenome } from './journal/index.js';

/** `interrupted`: it was running when the run ended; it runs again when the run is resumed. */
export type RowState = 'running' | 'complete' | 'pruned' | 'failed' | 'interrupted';

/** A trial as a run's readers see it. */
export interface TrialRow {
  readonly id: number;
  /** Choice indices in the run's space. */
  readonly genome: Uint8Array;
  readonly origin: string;
  readonly parents: readonly number[];
  /** Metrics known before it was evaluated, by name. */
  readonly known: Readonly<Record<string, number>>;
  /** Metrics found by evaluating it. */
  readonly values: Readonly<Record<string, number>>;
  readonly state: RowState;
  /** Why it failed or was pruned. */
  readonly reason: string | undefined;
  /** Whether it failed for no fault of its own; a resumed run tries it again. */
  readonly fault: 'machine' | undefined;
  /** Milliseconds since 1970, by the writer's clock, which may jump. */
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  /** How long its evaluation took. */
  readonly seconds: number | undefined;
  readonly worker: number | undefined;
  /** Progress while it runs; steps is 0 before the first report. */
  readonly step: number;
  readonly steps: number;
  readonly curve: readonly CurvePoint[];
  /** The rungs it has reached, where it was evaluated in parts. */
  readonly rungs: readonly RungRow[];
  /** Accuracy of its weights in simulated 8-bit integers and in floats, where that was measured after the search. */
  readonly precisions?: Precisions | undefined;
  /** What a pruned trial would have come to, as the sampler received it. */
  readonly estimate: Readonly<Record<string, number>> | undefined;
}

/** Accuracy of the same weights in floats, and in simulated 8-bit integers. */
export interface Precisions {
  readonly float: number;
  readonly int8: number;
}

/** What a trial had at the end of a part of its evaluation. */
export interface RungRow {
  /** Steps done in all. */
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly curve: readonly CurvePoint[];
}

/** What the rows of one run share: the names of their numbers, and the numbers. */
export class RowShelf {
  readonly numbers = new NumberStore();
  /** Lists of the metrics that trials report, each once. */
  readonly #reportedNames = new Map<string, readonly string[]>();
  /** The list that was asked for last: mostly it is the next as well. */
  #last: readonly string[] = [];

  /** @param metrics what is known of every trial, as the manifest names it. */
  constructor(readonly metrics: readonly string[]) {}

  /** The one list of names that are known already. */
  list(names: readonly string[]): readonly string[] {
    const key = names.join('\n');
    const found = this.#reportedNames.get(key) ?? names;
    this.#reportedNames.set(key, found);
    return found;
  }

  /** The one list of these names. */
  names(values: Readonly<Record<string, number>>): readonly string[] {
    const names = Object.keys(values);
    const last = this.#last;
    if (names.length === last.length && names.every((name, i) => name === last[i])) return last;
    const key = names.join('\n');
    const found = this.#reportedNames.get(key);
    this.#last = found ?? names;
    if (!found) this.#reportedNames.set(key, names);
    return this.#last;
  }
}

/** What few trials have. */
export interface Rare {
  readonly reason: string | undefined;
  readonly fault: 'machine' | undefined;
  readonly rungs: readonly RungRow[];
  readonly estimate: Readonly<Record<string, number>> | undefined;
  /** The curve while it runs. */
  readonly points: readonly CurvePoint[];
  readonly precisions: Precisions | undefined;
}

const nothingRare: Rare = {
  reason: undefined,
  fault: undefined,
  rungs: [],
  estimate: undefined,
  points: [],
  precisions: undefined,
};
const noNames: readonly string[] = [];
const noParents: readonly number[] = [];
const unreported = -1;

/** Where a metric lies in rows: by the lists of names that the last row had. */
interface MetricPlace {
  readonly name: string;
  names: readonly string[];
  reported: number;
  metrics: readonly string[];
  known: number;
}

/** What a row holds. */
export interface RowParts {
  readonly id: number;
  readonly origin: string;
  readonly state: RowState;
  readonly worker: number | undefined;
  readonly step: number;
  readonly steps: number;
  readonly genome: string;
  readonly curve: string;
  readonly asked: number;
  readonly parentCount: number;
  readonly reported: number;
  readonly names: readonly string[];
  readonly rare: Rare | undefined;
}

type Line<Type> = JournalEntry & { readonly type: Type; readonly t: number };

/**
 * A row that keeps what the journal says as it stands there, and decodes it where it is looked at: of
 * 100,000 trials, a few. It is changed only while no reader has seen it.
 */
export class Row implements TrialRow {
  readonly id: number;
  readonly origin: string;
  state: RowState = 'running';
  worker: number | undefined = undefined;
  step = 0;
  steps = 0;
  /** Whether a reader may hold this row: then a change goes to a copy. */
  seen = false;
  private curveText = '';
  private rare = nothingRare;
  private readonly genomeText: string;
  private readonly shelf: RowShelf;
  /** Where its start, the known metrics and the parents are. */
  private readonly asked: number;
  private readonly parentCount: number;
  /** Where its end, its seconds and the metrics are that it reports; `unreported` before. */
  private reported = unreported;
  private reportedNames = noNames;

  private constructor(
    shelf: RowShelf,
    id: number,
    origin: string,
    genome: string,
    asked: number,
    parents: number,
  ) {
    this.id = id;
    this.origin = origin;
    this.genomeText = genome;
    this.shelf = shelf;
    this.parentCount = parents;
    this.asked = asked;
  }

  /** The row of a trial that was asked for. */
  static begin(line: Line<'ask'>, shelf: RowShelf): Row {
    const parents = line.parents ?? noParents;
    const known = shelf.metrics.map((_, i) => line.known[i] ?? Number.NaN);
    const asked = shelf.numbers.add([line.t, ...known, ...parents]);
    return new Row(shelf, line.id, line.origin, line.genome, asked, parents.length);
  }

  /** Everything that a row holds, for a cache. */
  parts(): RowParts {
    const { id, origin, state, worker, step, steps, genomeText, curveText, asked, parentCount, reported } =
      this;
    const { reportedNames: names, rare } = this;
    return {
      id,
      origin,
      state,
      worker,
      step,
      steps,
      genome: genomeText,
      curve: curveText,
      asked,
      parentCount,
      reported,
      names,
      rare: rare === nothingRare ? undefined : rare,
    };
  }

  /** A row from its parts, one by one: an object for them would cost as much as the row. */
  static restore(
    shelf: RowShelf,
    id: number,
    origin: string,
    genome: string,
    curve: string,
    asked: number,
    parents: number,
    reported: number,
    names: readonly string[],
    state: RowState,
    worker: number | undefined,
    step: number,
    steps: number,
  ): Row {
    const row = new Row(shelf, id, origin, genome, asked, parents);
    row.curveText = curve;
    row.reported = reported;
    row.reportedNames = names;
    row.state = state;
    row.worker = worker;
    row.step = step;
    row.steps = steps;
    return row;
  }

  /** Gives a row back what few have. */
  restoreRare(rare: Rare): void {
    this.rare = rare;
  }

  get startedAt(): number {
    return this.shelf.numbers.get(this.asked);
  }

  get parents(): readonly number[] {
    const { metrics, numbers } = this.shelf;
    return this.parentCount === 0
      ? noParents
      : numbers.list(this.asked + 1 + metrics.length, this.parentCount);
  }

  get genome(): Uint8Array {
    return decodeGenome(this.genomeText);
  }

  get known(): Readonly<Record<string, number>> {
    const { metrics, numbers } = this.shelf;
    return Object.fromEntries(metrics.map((metric, i) => [metric, numbers.get(this.asked + 1 + i)]));
  }

  get values(): Readonly<Record<string, number>> {
    const { numbers } = this.shelf;
    return Object.fromEntries(
      this.reportedNames.map((name, i) => [name, numbers.get(this.reported + 2 + i)]),
    );
  }

  get endedAt(): number | undefined {
    return this.reported === unreported ? undefined : this.shelf.numbers.get(this.reported);
  }

  get seconds(): number | undefined {
    return this.reported === unreported ? undefined : this.shelf.numbers.get(this.reported + 1);
  }

  get reason(): string | undefined {
    return this.rare.reason;
  }

  get fault(): 'machine' | undefined {
    return this.rare.fault;
  }

  get rungs(): readonly RungRow[] {
    return this.rare.rungs;
  }

  get estimate(): Readonly<Record<string, number>> | undefined {
    return this.rare.estimate;
  }

  get curve(): readonly CurvePoint[] {
    return this.curveText === '' ? this.rare.points : decodeCurve(this.curveText);
  }

  metric(name: string): number | undefined {
    const { metrics, numbers } = this.shelf;
    const reported = this.reportedNames.indexOf(name);
    if (reported >= 0) return numbers.get(this.reported + 2 + reported);
    const known = metrics.indexOf(name);
    const value = known < 0 ? Number.NaN : numbers.get(this.asked + 1 + known);
    return Number.isNaN(value) ? undefined : value; // a line may have fewer than the manifest names
  }

  /** The metric whose place was looked up for rows like this one; NaN for none. */
  metricAt(place: MetricPlace): number {
    const { metrics, numbers } = this.shelf;
    if (place.names !== this.reportedNames) {
      place.names = this.reportedNames;
      place.reported = this.reportedNames.indexOf(place.name);
    }
    if (place.reported >= 0) return numbers.get(this.reported + 2 + place.reported);
    if (place.metrics !== metrics) {
      place.metrics = metrics;
      place.known = metrics.indexOf(place.name);
    }
    return place.known < 0 ? Number.NaN : numbers.get(this.asked + 1 + place.known);
  }

  report({ step, steps, worker, loss, accuracy }: Line<'report'>): void {
    this.runAgain();
    this.step = step;
    this.steps = steps;
    this.worker = worker;
    if (loss === undefined) return;
    // An evaluation that is tried again begins its curve again.
    const before = this.rare.points.filter((point) => point.step < step);
    this.rare = { ...this.rare, points: [...before, { step, loss, accuracy }] };
  }

  /** It may have been interrupted or lost at a rung, and continues from there. */
  private runAgain(): void {
    if (this.state === 'running') return;
    this.state = 'running';
    this.reported = unreported;
    this.reportedNames = noNames;
    this.curveText = '';
    this.rare = { ...this.rare, reason: undefined, fault: undefined };
  }

  rung({ step, values, seconds, worker, curve = '' }: Line<'rung'>): void {
    this.runAgain();
    const rungs = [...this.rungs, { step, values, seconds, curve: decodeCurve(curve) }];
    this.step = step;
    this.worker = worker ?? this.worker;
    this.rare = { ...this.rare, rungs, points: rungs.flatMap((reached) => reached.curve) };
  }

  tell(line: Line<'tell'>): void {
    const { values = {}, reason, fault, estimate } = line;
    this.state = line.state;
    this.reportedNames = this.shelf.names(values);
    this.reported = this.shelf.numbers.add([line.t, line.seconds, ...Object.values(values)]);
    this.worker = line.worker ?? this.worker;
    if (line.state !== 'pruned') this.step = this.steps;
    this.curveText = line.curve ?? '';
    const { rungs } = this.rare;
    if (reason === undefined && estimate === undefined && rungs.length === 0) this.rare = nothingRare;
    else this.rare = { ...nothingRare, reason, fault, rungs, estimate };
  }

  quantized({ accuracy, float }: Line<'int8'>): void {
    this.rare = { ...this.rare, precisions: { float, int8: accuracy } };
  }

  get precisions(): Precisions | undefined {
    return this.rare.precisions;
  }

  interrupt(): void {
    this.state = 'interrupted';
  }

  copy(): Row {
    return Object.assign(Object.create(Row.prototype) as Row, this, { seen: false });
  }
}

/**
 * Reads a metric of many trials: where it lies is looked up once for all rows that report the same names.
 * NaN where a trial has none.
 */
export function metricReader(name: string): (row: Pick<TrialRow, 'known' | 'values'>) => number {
  const place = { name, names: noNames, reported: -1, metrics: noNames, known: -1 };
  return (row) => (row instanceof Row ? row.metricAt(place) : (metricOf(row, name) ?? Number.NaN));
}

/**
 * Accuracy in floats and in simulated 8-bit integers, where both are known: of a run that measures every trial in
 * integers `accuracy` is that in integers.
 */
export function precisionsOf({
  values,
  precisions,
}: Pick<TrialRow, 'values' | 'precisions'>): Precisions | undefined {
  const { accuracy, floatAccuracy } = values;
  if (accuracy === undefined || floatAccuracy === undefined) return precisions;
  return { float: floatAccuracy, int8: accuracy };
}

/** A metric of a trial, whether it was known before or found by evaluating. */
export function metricOf(row: Pick<TrialRow, 'known' | 'values'>, metric: string): number | undefined {
  return row instanceof Row ? row.metric(metric) : (row.values[metric] ?? row.known[metric]);
}
