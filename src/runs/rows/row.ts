/**
 * A row that keeps what the journal says as it stands there, and decodes it where it is looked at: of
 * 100,000 trials, a few.
 */
import type { CurvePoint } from '../../base/index.js';
import { type JournalEntry, decodeCurve, decodeGenome } from '../journal/index.js';
import { nothingRare } from './rare.js';
import type { RowShelf } from './row-shelf.js';
import type { Precisions, RowState, RungRow, TrialRow } from './trial-row.js';

export const noNames: readonly string[] = [];
const noParents: readonly number[] = [];
/** Where a row's list of reported numbers, or its curve, would be. */
const none = -1;

/** Where a metric lies in rows: by the lists of names that the last row had. */
export interface MetricPlace {
  readonly name: string;
  names: readonly string[];
  reported: number;
  metrics: readonly string[];
  known: number;
}

type Line<Type> = JournalEntry & { readonly type: Type; readonly t: number };

/** It is changed only while no reader has seen it. */
export class Row implements TrialRow {
  state: RowState = 'running';
  worker: number | undefined = undefined;
  step = 0;
  steps = 0;
  /** Whether a reader may hold this row: then a change goes to a copy. */
  seen = false;
  rare = nothingRare;
  /** The number of its curve among the texts. */
  curveText = none;
  /** Where its end, its seconds and the metrics are that it reports. */
  reported = none;
  names = noNames;

  /**
   * @param genomeText the number of its genome among the texts.
   * @param asked where its start, the known metrics and the parents are.
   */
  constructor(
    private readonly shelf: RowShelf,
    readonly id: number,
    readonly origin: string,
    readonly genomeText: number,
    readonly asked: number,
    readonly parentCount: number,
  ) {}

  /** The row of a trial that was asked for. */
  static begin({ id, origin, genome, t, known, parents }: Line<'ask'>, shelf: RowShelf): Row {
    const asked = shelf.numbers.addAsked(t, known, shelf.metrics.length, parents ?? noParents);
    return new Row(shelf, id, origin, shelf.texts.add(genome), asked, parents?.length ?? 0);
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
    return decodeGenome(this.shelf.texts.get(this.genomeText));
  }

  get known(): Readonly<Record<string, number>> {
    const { metrics, numbers } = this.shelf;
    return Object.fromEntries(metrics.map((metric, i) => [metric, numbers.get(this.asked + 1 + i)]));
  }

  get values(): Readonly<Record<string, number>> {
    const { numbers } = this.shelf;
    return Object.fromEntries(this.names.map((name, i) => [name, numbers.get(this.reported + 2 + i)]));
  }

  get endedAt(): number | undefined {
    return this.reported === none ? undefined : this.shelf.numbers.get(this.reported);
  }

  get seconds(): number | undefined {
    return this.reported === none ? undefined : this.shelf.numbers.get(this.reported + 1);
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

  get precisions(): Precisions | undefined {
    return this.rare.precisions;
  }

  get curve(): readonly CurvePoint[] {
    return this.curveText === none ? this.rare.points : decodeCurve(this.shelf.texts.get(this.curveText));
  }

  metric(name: string): number | undefined {
    const { metrics, numbers } = this.shelf;
    const reported = this.names.indexOf(name);
    if (reported >= 0) return numbers.get(this.reported + 2 + reported);
    const known = metrics.indexOf(name);
    const value = known < 0 ? Number.NaN : numbers.get(this.asked + 1 + known);
    return Number.isNaN(value) ? undefined : value; // a line may have fewer than the manifest names
  }

  /** The metric whose place was looked up for rows like this one; NaN for none. */
  metricAt(place: MetricPlace): number {
    const { metrics, numbers } = this.shelf;
    if (place.names !== this.names) {
      place.names = this.names;
      place.reported = this.names.indexOf(place.name);
    }
    if (place.reported >= 0) return numbers.get(this.reported + 2 + place.reported);
    if (place.metrics !== metrics) {
      place.metrics = metrics;
      place.known = metrics.indexOf(place.name);
    }
    return place.known < 0 ? Number.NaN : numbers.get(this.asked + 1 + place.known);
  }

  report({ step, steps, worker, loss, accuracy }: Line<'report'>): void {
    this.#runAgain();
    this.step = step;
    this.steps = steps;
    this.worker = worker;
    if (loss === undefined) return;
    // An evaluation that is tried again begins its curve again.
    const before = this.rare.points.filter((point) => point.step < step);
    this.rare = { ...this.rare, points: [...before, { step, loss, accuracy }] };
  }

  /** It may have been interrupted or lost at a rung, and continues from there. */
  #runAgain(): void {
    if (this.state === 'running') return;
    this.state = 'running';
    this.reported = none;
    this.names = noNames;
    this.curveText = none;
    this.rare = { ...this.rare, reason: undefined, fault: undefined };
  }

  rung({ step, values, seconds, worker, curve = '' }: Line<'rung'>): void {
    this.#runAgain();
    const rungs = [...this.rungs, { step, values, seconds, curve: decodeCurve(curve) }];
    this.step = step;
    this.worker = worker ?? this.worker;
    this.rare = { ...this.rare, rungs, points: rungs.flatMap((reached) => reached.curve) };
  }

  tell(line: Line<'tell'>): void {
    const { values = {}, reason, fault, estimate, curve = '' } = line;
    this.state = line.state;
    this.names = this.shelf.names(values);
    this.reported = this.shelf.numbers.addReported(line.t, line.seconds, this.names, values);
    this.worker = line.worker ?? this.worker;
    if (line.state !== 'pruned') this.step = this.steps;
    this.curveText = curve === '' ? none : this.shelf.texts.add(curve);
    const { rungs } = this.rare;
    if (reason === undefined && estimate === undefined && rungs.length === 0) this.rare = nothingRare;
    else this.rare = { ...nothingRare, reason, fault, rungs, estimate };
  }

  quantized({ accuracy, float }: Line<'int8'>): void {
    this.rare = { ...this.rare, precisions: { float, int8: accuracy } };
  }

  interrupt(): void {
    this.state = 'interrupted';
  }

  copy(): Row {
    return Object.assign(
      new Row(this.shelf, this.id, this.origin, this.genomeText, this.asked, this.parentCount),
      this,
      {
        seen: false,
      },
    );
  }
}
