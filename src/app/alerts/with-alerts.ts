/** Gives notice of what happens in a search, as its config's `alerts` say. Nothing of it ever disturbs the search. */
import { formatPercent, messageOf } from '../../base/index.js';
import {
  type Alert,
  type AlertKind,
  type AlertsConfig,
  type LoggedAlert,
  createAlertWatch,
  logAlert,
} from '../../runs/index.js';
import { postWebhook, runCommand } from './send.js';

/** What of a search's events gives rise to alerts. */
export type AlertingEvent =
  | {
      readonly type: 'finished';
      readonly trial: number;
      readonly state: string;
      readonly reason: string | undefined;
      readonly values: Readonly<Record<string, number>>;
      readonly onFront: boolean;
    }
  | { readonly type: 'crashed'; readonly worker: number; readonly reason: string }
  | { readonly type: 'ended'; readonly reason: string };

export interface Alerting {
  take(event: AlertingEvent): void;
  /** The search has failed. */
  fail(error: unknown): void;
  /** Sends what still waits; kept when all is sent or given up. */
  close(): Promise<void>;
}

export interface AlertingOptions {
  readonly run: string;
  readonly folder: string;
  readonly alerts: AlertsConfig;
  readonly objective: { readonly name: string; readonly direction: 'maximize' | 'minimize' };
  /** Trials of earlier sessions, in the order of ending: they give no alerts. */
  readonly before: readonly Omit<Extract<AlertingEvent, { type: 'finished' }>, 'type'>[];
  /** Called with each alert that is due. */
  readonly onAlert?: (alert: Alert) => void;
}

interface Due {
  readonly alert: Alert;
  readonly at: number;
}

export function createAlerting(options: AlertingOptions): Alerting {
  const { alerts, folder, run, objective } = options;
  const watch = createAlertWatch(alerts, {
    name: objective.name,
    more: objective.direction === 'maximize',
    ...(objective.name === 'accuracy' ? { format: (value: number) => formatPercent(value, 2) } : {}),
  });
  /** When each kind was sent last, and what has come since. */
  const sentAt = new Map<AlertKind, number>();
  const held = new Map<AlertKind, { due: Due; timer: NodeJS.Timeout }>();
  /** When all that was sent is in the log. */
  let logged = Promise.resolve();

  const trialOf = ({ trial, state, reason, values, onFront }: AlertingOptions['before'][number]) => ({
    id: trial,
    state,
    reason,
    quality: state === 'complete' ? values[objective.name] : undefined,
    joined: onFront,
  });
  for (const trial of options.before) watch.trial(trialOf(trial));

  function raise(found: readonly Alert[]): void {
    for (const alert of found) {
      const due = { alert, at: Date.now() };
      const wait = (sentAt.get(alert.kind) ?? -Infinity) + alerts.everySeconds * 1000 - performance.now();
      const waiting = held.get(alert.kind);
      if (waiting) waiting.due = due;
      else if (wait <= 0) send(due);
      else held.set(alert.kind, { due, timer: setTimeout(() => release(alert.kind), wait).unref() });
    }
  }

  function release(kind: AlertKind): void {
    const waiting = held.get(kind);
    if (!waiting) return;
    clearTimeout(waiting.timer);
    held.delete(kind);
    send(waiting.due);
  }

  function send({ alert, at }: Due): void {
    sentAt.set(alert.kind, performance.now());
    options.onAlert?.(alert);
    const before = logged;
    // Sent at once, and logged in the order of happening.
    logged = Promise.all([deliver(alert, at), before])
      .then(([line]) => logAlert(folder, line))
      .catch(() => {}); // what cannot even be logged is lost: the search matters more
  }

  async function deliver(alert: Alert, at: number): Promise<LoggedAlert> {
    const message = { ...alert, run, time: new Date(at).toISOString() };
    const ways = [
      ...(alerts.command === undefined ? [] : [['command', () => runCommand(alerts, message)] as const]),
      ...(alerts.webhook === undefined ? [] : [['webhook', () => postWebhook(alerts, message)] as const]),
    ];
    const outcomes = await Promise.allSettled(ways.map(([, way]) => Promise.resolve().then(way)));
    const failed = outcomes.flatMap((one) => (one.status === 'rejected' ? [messageOf(one.reason)] : []));
    return {
      t: at,
      ...alert,
      text: alert.text.slice(0, 2000),
      ...(ways.length > 0 ? { sent: ways.map(([name]) => name) } : {}),
      ...(failed.length > 0 ? { failed: failed.join('; ').slice(0, 2000) } : {}),
    };
  }

  return {
    take(event) {
      if (event.type === 'finished') raise(watch.trial(trialOf(event)));
      else if (event.type === 'crashed') raise(watch.worker(event.worker, event.reason));
      else raise(watch.end(endText(event.reason)));
    },
    fail: (error) => raise(watch.end(`it failed: ${messageOf(error)}`)),
    async close() {
      for (const kind of held.keys()) release(kind);
      await logged;
    },
  };
}

/** Why a search ended, in words. */
const endText = (reason: string): string =>
  ({
    trials: 'its trials are done',
    time: 'its time is up',
    stopped: 'it was stopped',
    interrupted: 'it was interrupted',
    exhausted: 'nothing is left in the space',
    target: 'its target is reached',
    stagnation: 'the front no longer grows',
  })[reason] ?? reason;
