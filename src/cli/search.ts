/** `mixnas search`: the main job. */
import { Command } from 'commander';
import {
  type Io,
  alignHelp,
  alignment,
  duration,
  integer,
  latencyLimit,
  memoryLimit,
  logLevelOption,
  metricsOption,
  objective,
  repeated,
  share,
  note,
  type WatchOptions,
  watchSearch,
} from './terminal/index.js';

interface Options extends WatchOptions {
  readonly space?: string;
  readonly align?: 'auto' | number;
  readonly dataset?: string;
  readonly profile?: readonly string[];
  readonly maxLatency?: Readonly<Record<string, number>>;
  readonly maxMemory?: Readonly<Record<string, number>>;
  readonly objective?: readonly (string | Readonly<Record<string, string>>)[];
  readonly constraint?: readonly string[];
  readonly target?: string;
  readonly targetHypervolume?: number;
  readonly stagnation?: number;
  readonly warmStart?: readonly string[];
  readonly sampler?: string;
  readonly evaluator?: string;
  readonly trials?: number;
  readonly time?: number;
  readonly finalists?: number;
  readonly seed?: string;
  readonly seeds?: number;
  readonly workers?: number;
  readonly async?: true;
  readonly executor?: string;
  readonly redis?: string;
  readonly queue?: string;
  readonly store?: string;
  readonly priority?: number;
  readonly name?: string;
}

export function searchCommand(io: Io): Command {
  return new Command('search')
    .description('search networks for accuracy against latency; the defaults suffice')
    .argument('[config]', 'a YAML file; what is given below overrides it')
    .option('--space <name>', 'the search space, by name or file (default: cifar-small)')
    .option('--align <multiple>', alignHelp, alignment)
    .option('--dataset <name>', 'cifar10, cifar100, textures, or a folder of images (default: cifar10)')
    .option('--profile <name>', 'a device to price on; repeatable (default: mali-g76, adreno-640)', repeated)
    .option('--max-latency <profile=ms>', 'the longest latency on a device; repeatable', latencyLimit)
    .option('--max-memory <profile=mb>', 'the most memory on a device, in MB; repeatable', memoryLimit)
    .option(
      '--objective <formula>',
      'what to trade off: a metric, or "maximize ..." or "minimize ..." with an expression; repeatable',
      objective,
    )
    .option('--constraint <condition>', 'such as "latency[\'mali-g76\'] <= 8 ms"; repeatable', repeated)
    .option('--target <condition>', 'stop once a network meets it, such as "accuracy >= 60%"')
    .option('--target-hypervolume <share>', 'stop once the normalised hypervolume is this large', share)
    .option(
      '--stagnation <trials>',
      'stop when the hypervolume has not grown over so many trials',
      integer(1),
    )
    .option('--warm-start <run>', 'begin with the results of an earlier run; repeatable', repeated)
    .option('--sampler <name>', 'auto, random, nsga2, tpe, bayes, ... (default: auto)')
    .option('--evaluator <name>', 'how a network is judged (default: training)')
    .option(
      '--trials <count>',
      'how many networks to evaluate (default: 64, or as many as --time allows)',
      integer(1),
    )
    .option(
      '--time <duration>',
      'when to stop: 90s, 15min, 2h; without --trials, how networks are trained is planned for it',
      duration,
    )
    .option(
      '--finalists <seeds>',
      'evaluate the front again with so many further seeds, and order it by their mean; 0: not at all',
      integer(0),
    )
    .option('--seed <seed>', 'the same seed gives the same trials (default: 1)')
    .option(
      '--seeds <count>',
      'repeat the search with so many seeds, a run each, for `mixnas report`',
      integer(1),
    )
    .option('--workers <count>', 'processes that evaluate at once (default: one a core)', integer(1))
    .option('--async', 'never wait for a slow trial; the search is then not repeatable to the bit')
    .option('--executor <kind>', 'what runs the trials: processes, in-process, bullmq (default: processes)')
    .option('--redis <url>', 'of a fleet: where Redis is, or the variable that holds it (MIXNAS_REDIS)')
    .option('--queue <name>', 'of a fleet: the queue that its workers take trials of (default: mixnas)')
    .option('--store <place>', 'of a fleet: a shared folder, or s3://bucket/prefix, for weights and images')
    .option('--priority <number>', 'of a fleet: searches with a smaller number go first', integer(1))
    .option('--name <name>', 'what to call the run (default: a new name)')
    .addOption(logLevelOption())
    .addOption(metricsOption())
    .option('--no-tui', 'print plain lines instead of the dashboard')
    .option('--ascii', 'draw with ASCII characters only')
    .option('--json', 'print the front as JSON at the end, and plain lines meanwhile')
    .addHelpText(
      'after',
      '\nExamples:\n  mixnas search examples/quickstart.yaml\n' +
        '  mixnas search --dataset my-images --profile mali-g76 --max-latency mali-g76=8 --time 1h\n' +
        '  mixnas search --profile mali-g76 --max-latency mali-g76=12 --trials 100 --time 30min\n' +
        '  mixnas search --objective "maximize accuracy * (latency[\'mali-g76\'] / 80 ms)^-0.07" --stagnation 30\n' +
        '  mixnas search my.yaml --redis redis://queue-host:6379 --workers 40    # with `mixnas worker` on other hosts',
    )
    .action(async (path: string | undefined, options: Options) => {
      const { loadConfig, parseConfig, search } = await import('../app/index.js');
      const overrides = {
        space: options.space,
        align: options.align,
        dataset: options.dataset,
        profiles: options.profile,
        maxLatencyMs: options.maxLatency,
        maxMemoryBytes: options.maxMemory,
        objectives: options.objective,
        constraints: options.constraint,
        stop: {
          target: options.target,
          hypervolume: options.targetHypervolume,
          stagnation: options.stagnation === undefined ? undefined : { trials: options.stagnation, gain: 0 },
        },
        warmStartRuns: options.warmStart,
        finalistSeeds: options.finalists,
        sampler: options.sampler,
        evaluator: options.evaluator,
        trials: options.trials,
        seconds: options.time,
        seed: options.seed,
        workers: options.workers,
        deterministic: options.async ? false : undefined,
        executor: options.executor,
        redis: options.redis,
        queue: options.queue,
        store: options.store,
        priority: options.priority,
        name: options.name,
      };
      const configOf = (changed: { readonly seed?: string; readonly name?: string | undefined }) => {
        const all = { ...overrides, ...changed };
        return path === undefined
          ? parseConfig({}, { what: 'search', overrides: all })
          : loadConfig(path, all);
      };
      const config = configOf({});
      if (options.seeds === undefined) {
        await watchSearch(io, options, (hooks) => search(config, { ...hooks, redis: options.redis }));
        return;
      }
      const searchOne = async (seed: string, watched: Options) => {
        const name = options.name === undefined ? undefined : `${options.name}-seed-${seed}`;
        const one = configOf({ seed, name });
        const { result } = await watchSearch(io, watched, (hooks) =>
          search(one, { ...hooks, redis: options.redis }),
        );
        return result.run;
      };
      const seeds = seedsFrom(config.config.seed, options.seeds);
      const runs: string[] = [];
      if (config.config.executor?.kind === 'bullmq') {
        // A fleet has room for all at once, and shares itself among them; no screen shows more than one.
        const all = await Promise.allSettled(
          seeds.map((seed) => searchOne(seed, { ...options, tui: false })),
        );
        for (const one of all) {
          if (one.status === 'rejected') throw one.reason;
          runs.push(one.value);
        }
      } else {
        for (const seed of seeds) runs.push(await searchOne(seed, options));
      }
      note(io, `compare them: mixnas report ${runs.join(' ')}`);
    });
}

/** So many seeds from the first on: the next whole numbers, or for text the text with a number. */
function seedsFrom(first: string | number, count: number): string[] {
  return Array.from({ length: count }, (_, i) =>
    Number.isSafeInteger(first) ? String((first as number) + i) : `${first}-${i + 1}`,
  );
}
