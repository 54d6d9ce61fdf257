/**
 * Kills: searches are killed at random moments, the coordinator or one of its workers, and resumed, until they are
 * done. Every finished trial must be there once and as it was, the result that of the unbroken search, and two
 * seconds after the coordinator is gone no process of it may be left, the user's programs and their children included.
 *
 *     npm run kills                              # 120 kills
 *     npm run kills -- --kills 6 --seed 7 --kinds synthetic,command
 *
 * A line of JSON for every kill; the last is the verdict, and the exit code is 1 when it is bad. Linux only: the
 * processes of a search are found by a variable of their environment.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom } from '../src/base/index.js';
import { type Kind, configOf, kindNames } from './kills/kinds.js';
import { findings, outcomeOf } from './kills/outcome.js';
import { type Kill, runSession } from './kills/session.js';

const { values: options } = parseArgs({
  options: {
    kills: { type: 'string', default: '120' },
    seed: { type: 'string', default: '1' },
    kinds: { type: 'string', default: kindNames.join(',') },
  },
});
const wanted = Number(options.kills);
const kinds = options.kinds.split(',') as Kind[];
const random = createRandom(`kills/${options.seed}`);
const root = mkdtempSync(join(tmpdir(), 'mixnas-kills-'));
process.once('exit', () => rmSync(root, { recursive: true, force: true }));

const say = (line: object) => console.log(JSON.stringify(line));

/** The unbroken search of each kind, and how long it took. */
const unbroken = new Map<Kind, { readonly outcome: string; readonly ms: number; readonly trials: number }>();
for (const kind of kinds) {
  const folder = join(root, `${kind}-whole`);
  mkdirSync(folder);
  const config = join(folder, 'run.yaml');
  writeFileSync(config, JSON.stringify(configOf(kind)));
  const started = performance.now();
  const { code, said } = await runSession({ root: folder, config, kills: [] });
  if (code !== 0) throw new Error(`the unbroken search of ${kind} ended with exit code ${code}: ${said}`);
  const outcome = outcomeOf(join(folder, 'run-1'));
  unbroken.set(kind, { outcome, ms: performance.now() - started, trials: configOf(kind).budget.trials });
}

type Moment = Pick<Kill, 'afterTrials' | 'ms'>;

/** One in four at any time from the start of the process, the others while trials run. */
function momentOf({ ms, trials }: { readonly ms: number; readonly trials: number }): Moment {
  if (random.int(4) === 0) return { afterTrials: undefined, ms: random.next() * ms };
  return { afterTrials: random.int(Math.ceil(trials / 2)), ms: (random.next() * 2 * ms) / trials };
}

const total = {
  kills: 0,
  coordinator: 0,
  worker: 0,
  runs: 0,
  lost: 0,
  twice: 0,
  differing: 0,
  left: 0,
  failed: 0,
};
for (let run = 0; total.kills < wanted; run++) {
  const kind = kinds[run % kinds.length] as Kind;
  const whole = unbroken.get(kind) as { outcome: string; ms: number; trials: number };
  const folder = join(root, `${kind}-${run}`);
  mkdirSync(folder);
  const config = join(folder, 'run.yaml');
  writeFileSync(config, JSON.stringify(configOf(kind)));
  const before = { lines: [] as string[] };
  for (let done = false; !done; ) {
    const left = wanted - total.kills;
    // A worker at most twice a session: killed three times, a trial is recorded as lost.
    const targets = [random.int(3), random.int(3)].map((one) => (one === 0 ? 'coordinator' : 'worker'));
    const moments = targets
      .map(() => momentOf(whole))
      .toSorted((a, b) => (a.afterTrials ?? -1) - (b.afterTrials ?? -1));
    const kills = targets
      .slice(0, Math.max(0, left))
      .map((target, i) => ({ target, ...(moments[i] as Moment) }) as const);
    const session = await runSession({ root: folder, config, kills });
    const found = findings(join(folder, 'run-1'), before.lines);
    before.lines = found.lines;
    for (const { target, afterTrials, ms } of session.killed) {
      total.kills++;
      total[target]++;
      say({ kind, run, target, afterTrials, ms: Math.round(ms), finished: found.lines.length });
    }
    total.lost += found.lost;
    total.twice += found.twice;
    total.left += session.left.length;
    for (const left of session.left) say({ kind, run, left });
    done = session.code !== undefined;
    if (session.code !== undefined && session.code !== 0) {
      total.failed++;
      say({ kind, run, code: session.code, said: session.said });
    }
  }
  total.runs++;
  if (outcomeOf(join(folder, 'run-1')) !== whole.outcome) {
    total.differing++;
    say({ kind, run, differs: true });
  }
  rmSync(folder, { recursive: true, force: true });
}
const sound = total.lost + total.twice + total.differing + total.left + total.failed === 0;
say({ sound, ...total });
process.exitCode = sound ? 0 : 1;
