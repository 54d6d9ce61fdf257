/** Alerts as a watcher of a run finds them, from what its journal says: also of a run whose config asks for none. */
import { formatPercent } from '../../base/index.js';
import {
  type Alert,
  type AlertWatch,
  type LoggedAlert,
  createAlertWatch,
  defaultAlerts,
} from '../../runs/index.js';
import { phaseOf } from '../model/progress.js';
import type { RunModel } from '../model/run-model.js';
import { kinds } from '../model/trials.js';

/** An alert with when that was. */
export interface ShownAlert extends Alert {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What failed of sending it. */
  readonly failed?: string | undefined;
}

export interface LiveAlerts {
  /** The latest, oldest first. */
  readonly shown: readonly ShownAlert[];
  /** Whether trials of the past are still to be looked at. */
  readonly behind: boolean;
  /** Takes over what has happened since; returns what is new, nothing while the past is looked at. */
  look(model: RunModel): readonly Alert[];
  /** Takes over what the run's own log says of sending. */
  logged(log: readonly LoggedAlert[]): void;
}

const mostShown = 100;
/** Trials that are looked at at once: a run of 100,000 is opened between two keys. */
const atOnce = 10_000;

export function createLiveAlerts(): LiveAlerts {
  let table: RunModel['table'] | undefined;
  let watch: AlertWatch | undefined;
  let [at, isSilent, behind] = [0, true, false];
  let crashes = new Map<number, number>();
  let ended: number | undefined;
  let shown: ShownAlert[] = [];
  let failures = new Map<string, string>();

  function begin(model: RunModel): void {
    table = model.table;
    [at, isSilent, shown] = [0, true, []];
    const [goal] = model.view.manifest.objectives;
    watch =
      goal &&
      createAlertWatch(model.view.config.alerts ?? defaultAlerts, {
        name: goal.name,
        more: goal.direction === 'maximize',
        ...(goal.name === 'accuracy' ? { format: (value: number) => formatPercent(value, 2) } : {}),
      });
    crashes = new Map();
    ended = undefined;
  }

  function trialsOf(model: RunModel, its: AlertWatch): (readonly [number, Alert])[] {
    const endings = model.table.endings();
    const [goal] = model.view.manifest.objectives;
    const column = model.table.column(goal?.name ?? '');
    const kindOf = model.table.kinds();
    const found: (readonly [number, Alert])[] = [];
    const end = Math.min(endings.length, at + atOnce);
    for (; at < end; at++) {
      const row = endings[at] as number;
      const state = model.table.stateOf(row);
      const alerts = its.trial({
        id: model.table.ids()[row] as number,
        state,
        reason: state === 'failed' ? model.row(row).reason : undefined,
        quality: state === 'complete' && kindOf[row] !== kinds.beyond ? column[row] : undefined,
        joined: !Number.isNaN(model.table.joinedAt(row)),
      });
      for (const alert of alerts) found.push([model.row(row).endedAt ?? model.view.lastAt, alert]);
    }
    behind = at < endings.length;
    return found;
  }

  function others({ view }: RunModel, its: AlertWatch): (readonly [number, Alert])[] {
    const found: (readonly [number, Alert])[] = [];
    for (const { worker, crashes: lost } of view.workers) {
      if (lost > (crashes.get(worker) ?? 0)) {
        for (const alert of its.worker(worker, undefined)) found.push([view.lastAt, alert]);
      }
      crashes.set(worker, lost);
    }
    if (view.ended && view.ended.at !== ended) {
      for (const alert of its.end(view.ended.message ?? phaseOf({ view }).phaseText))
        found.push([view.ended.at, alert]);
    }
    ended = view.ended?.at;
    return found;
  }

  return {
    get shown() {
      return shown;
    },
    get behind() {
      return behind;
    },
    look(model) {
      if (model.table !== table) begin(model);
      if (!watch) return [];
      const found = trialsOf(model, watch);
      if (!behind) found.push(...others(model, watch));
      if (found.length > 0) {
        const next = found.map(([when, alert]) => ({ ...alert, at: when, failed: failures.get(alert.text) }));
        shown = [...shown, ...next].slice(-mostShown);
      }
      const news = isSilent ? [] : found.map(([, alert]) => alert);
      isSilent &&= behind;
      return news;
    },
    logged(log) {
      failures = new Map(log.flatMap(({ text, failed }) => (failed === undefined ? [] : [[text, failed]])));
      if (shown.some(({ text, failed }) => failures.get(text) !== failed)) {
        shown = shown.map((alert) => ({ ...alert, failed: failures.get(alert.text) }));
      }
    },
  };
}
