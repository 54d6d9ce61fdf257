/** `mixnas control`: steers a search that runs in another process. */
import { Command } from 'commander';
import { MixnasError, messageOf } from '../base/index.js';
import { line, span } from '../dashboard/index.js';
import type { ControlOrder, ControlReport } from '../app/index.js';
import {
  Exit,
  type Io,
  printBlock,
  printJson,
  duration,
  integer,
  latencyLimit,
  positive,
} from './terminal/index.js';

interface Options {
  readonly wait: number;
  readonly json?: true;
}

const orders = ['pause', 'continue', 'stop', 'trials', 'time', 'limit', 'queue'] as const;
type OrderName = (typeof orders)[number];

export function controlCommand(io: Io): Command {
  return new Command('control')
    .description('steer a search that runs: pause it, change its budget, tighten a limit, queue a network')
    .argument('<run>', 'its folder, or its name under runs/')
    .argument('<order>', `one of ${orders.join(', ')}`)
    .argument(
      '[value]',
      'for trials a number, for time a duration, for limit PROFILE=MS, for queue a network',
    )
    .option('--wait <seconds>', 'how long to wait for the answer of the search', positive, 10)
    .option('--json', 'print JSON')
    .addHelpText('after', help)
    .action(async (run: string, order: string, value: string | undefined, options: Options) => {
      const wanted = parseOrder(order, value);
      const { control } = await import('../app/index.js');
      const report = await control(run, wanted, { waitMs: options.wait * 1000 });
      if (options.json) printJson(io, report);
      else printBlock(io, [describe(report)]);
      if (report.state === 'refused') throw new Exit(2);
      if (report.state !== 'taken') throw new Exit(1);
    });
}

const help = `
Orders:
  pause           start no new trials; those that run are finished
  continue        start trials again
  stop            finish the trials that run, and end; mixnas resume continues later
  trials N        search N trials in all
  time T          search for T in this session (90s, 15min, 2h), pauses left out
  limit P=MS      tighten the latency limit on device P
  queue NETWORK   try a network next: a reference model, a JSON file, or run#trial

Examples:
  mixnas control quickstart-1 trials 200
  mixnas control quickstart-1 limit mali-g76=7.5`;

/** @throws MixnasError `bad-usage` for an order that there is not, or one without its value. */
function parseOrder(text: string, value: string | undefined): ControlOrder {
  const order = orders.find((one) => one === text);
  if (!order) {
    throw new MixnasError('bad-usage', `There is no order ${JSON.stringify(text)}.`, {
      remedy: `Choose one of ${orders.join(', ')}.`,
    });
  }
  const takesNone = order === 'pause' || order === 'continue' || order === 'stop';
  if (takesNone === (value !== undefined)) {
    throw new MixnasError('bad-usage', `${order} ${takesNone ? 'takes no value' : 'needs a value'}.`, {
      remedy: 'See mixnas control --help.',
    });
  }
  if (takesNone) return { type: order };
  try {
    return withValue(order, value as string);
  } catch (error) {
    throw new MixnasError('bad-usage', `${order} ${value}: ${messageOf(error)}`, { cause: error });
  }
}

function withValue(order: Exclude<OrderName, 'pause' | 'continue' | 'stop'>, value: string): ControlOrder {
  switch (order) {
    case 'trials':
      return { type: order, trials: integer(1)(value) };
    case 'time':
      return { type: order, seconds: duration(value) };
    case 'limit': {
      const [[profile, ms] = ['', 0]] = Object.entries(latencyLimit(value, undefined));
      return { type: order, profile, ms };
    }
    case 'queue':
      return { type: order, architecture: value };
  }
}

function describe({ run, text, state, reason }: ControlReport) {
  const outcome = {
    taken: span('taken', 'good'),
    refused: span(`refused: ${reason ?? ''}`, 'bad'),
    waiting: span('not answered yet; the search may still take it', 'warn'),
    lost: span('not taken: the search had ended', 'warn'),
  };
  return line(`${run}: ${text}: `, outcome[state]);
}
