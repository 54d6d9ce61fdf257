/** `mixnas pick`: one network of a front. */
import { Command } from 'commander';
import { commandLine, formatCount, formatMs, formatPercent } from '../base/index.js';
import { type Block, line, span } from '../dashboard/index.js';
import { type Io, latencyLimitOrNumber, printBlock, printJson, positive, share } from './terminal/index.js';

interface Options {
  readonly profile?: string;
  readonly maxLatency?: number | Readonly<Record<string, number>>;
  readonly maxMacs?: number;
  readonly maxParams?: number;
  readonly minAccuracy?: number;
  readonly json?: true;
}

type Picked = import('../app/index.js').Picked;

export function pickCommand(io: Io): Command {
  return new Command('pick')
    .description('choose one network of a run: the knee of its front, or the best under limits')
    .argument('<run>', 'its folder, or its name under runs/')
    .option('--profile <name>', 'the device that counts; also one the run was not priced on')
    .option(
      '--max-latency <profile=ms>',
      'the longest latency on a device, repeatable; a number alone is about --profile',
      latencyLimitOrNumber,
    )
    .option('--max-macs <count>', 'the most multiply-adds', positive)
    .option('--max-params <count>', 'the most parameters', positive)
    .option('--min-accuracy <share>', 'the least accuracy, as 0.45 or 45%', share)
    .option('--json', 'print JSON, the architecture included')
    .addHelpText(
      'after',
      '\nExamples:\n  mixnas pick quickstart-1\n  mixnas pick quickstart-1 --max-latency mali-g76=7 --max-latency adreno-640=4',
    )
    .action(async (run: string, { maxLatency, ...options }: Options) => {
      const { pick } = await import('../app/index.js');
      const picked = pick(run, { ...options, maxLatencyMs: maxLatency });
      if (options.json) printJson(io, picked);
      else printBlock(io, describe(picked, run));
    });
}

function describe(
  { trial, why, accuracy, finalist, latencyMs, params, macs, deploy, trained }: Picked,
  run: string,
): Block {
  const { resolution, classes } = deploy;
  const spec = `${run}#${trial}`;
  return [
    line(span(spec, 'accent', { bold: true }), `: ${why}`),
    line(`accuracy   ${formatPercent(accuracy, 2)} on held-out validation images`),
    ...(finalist === undefined
      ? []
      : [
          line(
            `           the mean of ${finalist.seeds} later evaluation${finalist.seeds === 1 ? '' : 's'}; ${formatPercent(finalist.firstAccuracy, 2)} at first`,
          ),
        ]),
    ...Object.entries(latencyMs).map(([name, ms]) => line(`latency    ${formatMs(ms)} on ${name}`)),
    line(`size       ${formatCount(params)} parameters, ${formatCount(macs)} MACs`),
    line(`           priced at ${resolution}x${resolution}, ${classes} classes`),
    line('next'),
    line(span(`  ${commandLine('train', spec)}`, 'accent')),
    ...(trained ? [line(span(`  ${commandLine('export', spec)}`, 'accent'))] : []),
    line(span(`  ${commandLine('predict', spec, '--kernels')}`, 'accent')),
  ];
}
