/** `mixnas worker`: takes trials of searches on other machines. */
import { Command } from 'commander';
import type { WorkerEvent } from '../app/index.js';
import { Interrupted, type Io, integer, metricsOption, note, printJson, repeated } from './terminal/index.js';

interface Options {
  readonly redis?: string;
  readonly queue?: string;
  readonly store?: string;
  readonly name?: string;
  readonly places?: number;
  readonly gpus?: string;
  readonly evaluator?: readonly string[];
  readonly python?: string;
  readonly metrics?: string;
  readonly json?: true;
}

export function workerCommand(io: Io): Command {
  return new Command('worker')
    .description('evaluate trials of searches on other machines, taken from a queue in Redis')
    .option('--redis <url>', 'where Redis is, or the variable that holds the URL (default: MIXNAS_REDIS)')
    .option('--queue <name>', 'the queue to take trials of (default: mixnas)')
    .option('--store <place>', 'the `--store` of the searches: a shared folder, or s3://bucket/prefix')
    .option('--name <name>', 'what it is called on this host (default: worker- and its process number)')
    .option('--places <count>', 'trials at once, a process each (default: one, or one a GPU)', integer(1))
    .option('--gpus <list>', 'GPUs, one a place: 0,1')
    .option(
      '--evaluator <name>',
      'take trials of this evaluator only; repeatable (default: all but `command`, which runs what the search says); `pytorch` is checked at the start',
      repeated,
    )
    .option('--python <program>', 'the Python of `evaluator: pytorch` (default: MIXNAS_PYTHON, or python3)')
    .addOption(metricsOption())
    .option('--json', 'print what happens as JSON, a line each')
    .addHelpText(
      'after',
      '\nIt finishes what it has and ends on SIGTERM or Ctrl-C; a second one ends it at once.\n' +
        '\nExamples:\n  mixnas worker --redis redis://queue-host:6379\n' +
        '  MIXNAS_REDIS=rediss://user:password@queue-host:6380 mixnas worker --gpus 0,1 --store /shared/mixnas',
    )
    .action(async (options: Options) => {
      const { runWorker } = await import('../app/index.js');
      const [drain, stop] = [new AbortController(), new AbortController()];
      const onSignal = () => {
        if (drain.signal.aborted) return stop.abort();
        drain.abort();
        note(io, 'Draining: trials that run are finished, no other is taken. Once more ends it at once.');
      };
      const signals = ['SIGINT', 'SIGTERM'] as const;
      for (const signal of signals) process.on(signal, onSignal);
      try {
        await runWorker({
          ...options,
          gpus: options.gpus?.split(',').map((gpu) => gpu.trim()),
          evaluators: options.evaluator,
          drain: drain.signal,
          stop: stop.signal,
          onEvent: (event) => (options.json ? printJson(io, event) : note(io, textOf(event))),
        });
      } finally {
        for (const signal of signals) process.off(signal, onSignal);
      }
      if (stop.signal.aborted) throw new Interrupted();
    });
}

function textOf(event: WorkerEvent): string {
  switch (event.type) {
    case 'ready':
      return `takes trials of the queue ${event.queue} at ${event.redis}, ${event.places} at once`;
    case 'started':
      return `${event.run} trial ${event.trial}: started in place ${event.place}`;
    case 'finished':
      return `${event.run} trial ${event.trial}: ${event.state}`;
    case 'refused':
      return `refused${event.trial === undefined ? '' : ` trial ${event.trial}`}: ${event.reason}`;
    case 'metrics':
      return `serves metrics at ${event.url}`;
    case 'notice':
      return event.text;
  }
}
