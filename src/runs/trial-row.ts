/** One trial as a run's readers see it. */
import { type CurvePoint, type JournalEntry, decodeCurve, decodeGenome } from './entries.js';

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
  /** What a pruned trial would have come to, as the sampler was told. */
  readonly estimate: Readonly<Record<string, number>> | undefined;
}

/** What a trial had at the end of a part of its evaluation. */
export interface RungRow {
  /** Steps done in all. */
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly curve: readonly CurvePoint[];
}

const noRungs: readonly RungRow[] = [];
const noValues: Readonly<Record<string, number>> = {};
const noParents: readonly number[] = [];
const noPoints: readonly CurvePoint[] = [];

type Line<Type> = JournalEntry & { readonly type: Type; readonly t: number };

/**
 * A row that keeps what the journal says as it stands there, and decodes it where it is looked at: of
 * 100,000 trials, a few. It is changed only while no reader has seen it.
 */
export class Row implements TrialRow {
  readonly id: number;
  readonly origin: string;
  readonly parents: readonly number[];
  readonly startedAt: number;
  state: RowState = 'running';
  values = noValues;
  reason: string | undefined = undefined;
  endedAt: number | undefined = undefined;
  seconds: number | undefined = undefined;
  worker: number | undefined = undefined;
  rungs = noRungs;
  estimate: Readonly<Record<string, number>> | undefined = undefined;
  step = 0;
  steps = 0;
  /** Whether a reader may hold this row: then a change goes to a copy. */
  seen = false;
  private curveText = '';
  private points = noPoints;
  private readonly genomeText: string;
  private readonly knownValues: readonly number[];
  private readonly metrics: readonly string[];

  constructor(line: Line<'ask'>, metrics: readonly string[]) {
    this.id = line.id;
    this.origin = line.origin;
    this.parents = line.parents ?? noParents;
    this.startedAt = line.t;
    this.genomeText = line.genome;
    this.knownValues = line.known;
    this.metrics = metrics;
  }

  get genome(): Uint8Array {
    return decodeGenome(this.genomeText);
  }

  get known(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.metrics.map((metric, i) => [metric, this.knownValues[i] as number]));
  }

  get curve(): readonly CurvePoint[] {
    return this.curveText === '' ? this.points : decodeCurve(this.curveText);
  }

  metric(name: string): number | undefined {
    return this.values[name] ?? this.knownValues[this.metrics.indexOf(name)];
  }

  report({ step, steps, worker, loss, accuracy }: Line<'report'>): void {
    this.state = 'running'; // it may have been interrupted at a rung, and goes on from there
    this.step = step;
    this.steps = steps;
    this.worker = worker;
    if (loss !== undefined) this.points = [...this.points, { step, loss, accuracy }];
  }

  rung({ step, values, seconds, worker, curve = '' }: Line<'rung'>): void {
    this.state = 'running';
    const points = decodeCurve(curve);
    this.rungs = [...this.rungs, { step, values, seconds, curve: points }];
    this.step = step;
    this.worker = worker ?? this.worker;
    this.points = this.rungs.flatMap((reached) => reached.curve);
  }

  tell(line: Line<'tell'>): void {
    this.state = line.state;
    this.values = line.values ?? noValues;
    this.reason = line.reason;
    this.estimate = line.estimate;
    this.seconds = line.seconds;
    this.endedAt = line.t;
    this.worker = line.worker ?? this.worker;
    if (line.state !== 'pruned') this.step = this.steps;
    this.curveText = line.curve ?? '';
    this.points = noPoints;
  }

  interrupt(): void {
    this.state = 'interrupted';
  }

  copy(): Row {
    return Object.assign(Object.create(Row.prototype) as Row, this, { seen: false });
  }
}

/** A metric of a trial, whether it was known before or found by evaluating. */
export function metricOf(row: Pick<TrialRow, 'known' | 'values'>, metric: string): number | undefined {
  return row instanceof Row ? row.metric(metric) : (row.values[metric] ?? row.known[metric]);
}
