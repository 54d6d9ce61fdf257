/** `mixnas export`: deployable files of trained networks, checked before they are written. */
import { Command, Option } from 'commander';
import { MixnasError } from '../../base/index.js';
import { line } from '../../dashboard/index.js';
import { describeFile, webLines } from './export-report.js';
import { bandwidth, milliseconds, precision } from './link-options.js';
import {
  Exit,
  type Io,
  createProgressLine,
  integer,
  interruptible,
  note,
  positive,
  printBlock,
  printJson,
  reportData,
} from '../terminal/index.js';

interface Options {
  readonly format?: 'tflite' | 'onnx' | 'pytorch' | 'graph';
  readonly float16?: true;
  readonly int8?: true;
  readonly calibration?: 'min-max' | 'percentile' | 'mse';
  readonly maxLoss?: number;
  readonly integerIo?: true;
  readonly qat?: 'auto' | 'always' | 'never';
  readonly qatSteps?: number;
  readonly qatSeed?: number;
  readonly target?: 'any' | 'cpu' | 'gpu' | 'ethos-u';
  readonly swish?: 'logistic' | 'hard-swish';
  readonly grouped?: 'native' | 'split';
  readonly groups?: number;
  readonly resolution?: number;
  readonly out?: string;
  readonly dataset?: string;
  readonly images?: number;
  readonly check: boolean;
  readonly split?: string | true;
  readonly web?: string;
  readonly profile?: string;
  readonly server?: string;
  readonly bandwidth?: number;
  readonly rtt?: number;
  readonly precision?: 'int8' | 'fp16' | 'fp32';
  readonly json?: true;
}

export function exportCommand(io: Io): Command {
  return new Command('export')
    .description('write deployable files of trained networks, checked in the runtime that runs them')
    .argument(
      '<network>',
      'a run (its whole front), run#trial, a folder that train wrote, a .safetensors file, or an architecture',
    )
    .addOption(
      new Option('--format <name>', 'the kind of file')
        .choices(['tflite', 'onnx', 'pytorch', 'graph'])
        .default('tflite'),
    )
    .option('--float16', 'weights in 16 bits: half the size, computed in 32')
    .option('--int8', 'everything in 8-bit integers, calibrated on training images')
    .addOption(
      new Option(
        '--calibration <way>',
        'ranges of integers (default: the way that keeps the logits nearest)',
      ).choices(['min-max', 'percentile', 'mse']),
    )
    .option('--max-loss <points>', 'most points of accuracy that --int8 may cost, such as 1', positive)
    .addOption(
      new Option(
        '--qat <when>',
        'fine-tune in integers: where more than --max-loss is lost, always, or never',
      )
        .choices(['auto', 'always', 'never'])
        .default('auto'),
    )
    .option('--qat-steps <count>', 'steps of fine-tuning (default: 300)', integer(1))
    .option('--qat-seed <seed>', 'seed of its batches (default: 1)', integer(0))
    .option('--integer-io', 'of --int8: input and output in integers too')
    .addOption(
      new Option('--target <name>', 'where it runs: any checked runtime, a phone CPU or GPU, an Arm Ethos-U')
        .choices(['any', 'cpu', 'gpu', 'ethos-u'])
        .default('any'),
    )
    .addOption(
      new Option(
        '--swish <form>',
        'exact, or replaced by HARD_SWISH (default: as the target has it)',
      ).choices(['logistic', 'hard-swish']),
    )
    .addOption(
      new Option('--grouped <form>', 'grouped convolutions (default: as the target has it)').choices([
        'native',
        'split',
      ]),
    )
    .option('--groups <count>', 'an operating point: only so many groups of each gated block', integer(1))
    .option('--resolution <pixels>', 'input height and width (default: as trained)', integer(8))
    .option(
      '--split [layer]',
      'two files, for a phone and for a server: cut behind a layer, or where both together take least',
    )
    .option('--profile <name>', "of --split: the phone's profile")
    .option('--server <profile|host|ms>', 'of --split: a profile, `host`, or milliseconds')
    .option('--bandwidth <rate>', 'of --split: such as 20Mbps', bandwidth)
    .option('--rtt <time>', 'of --split: the round trip, such as 30ms', milliseconds)
    .option('--precision <kind>', 'of --split: what is sent of each number', precision)
    .option('--out <folder>', 'where to write (default: exported)')
    .option('--web <folder>', 'a static page that classifies pictures with the file in a browser')
    .option('--images <count>', 'test images to check with (default: 1000, above 64 pixels 100)', integer(1))
    .option(
      '--dataset <name>',
      'images to check with and to calibrate on (default: those of the weights): where they are now',
    )
    .option('--no-check', 'write without checking')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  mixnas export quickstart-1 --out phone\n  mixnas export quickstart-1#12 --float16\n  mixnas export quickstart-1 --int8 --max-loss 1\n  mixnas export mixnet-s --target ethos-u' +
        '\n  mixnas export mixnet-s --split --profile adreno-616 --server 4 --bandwidth 100Mbps --rtt 5ms' +
        '\n  mixnas export quickstart-1#12 --web page',
    )
    .action(async (spec: string, { grouped, split: cut, dataset, ...options }: Options) => {
      const { exportNetworks, parseDataset } = await import('../../app/index.js');
      const split = splitOf({ ...options, ...(cut !== undefined && { split: cut }) });
      const progress = createProgressLine(io);
      const report = await interruptible(io, (signal) =>
        exportNetworks(spec, {
          ...options,
          split,
          data: dataset === undefined ? undefined : parseDataset(dataset),
          onNotice: (text) => note(io, text),
          groupedConvolution: grouped,
          onData: reportData(() => createProgressLine(io)),
          onStep: (step) => progress.update(step),
          signal,
        }),
      );
      progress.done();
      if (options.json) printJson(io, report);
      else
        printBlock(io, [
          ...report.files.flatMap((file, i) => [...(i > 0 ? [line('')] : []), ...describeFile(file)]),
          ...webLines(options.web),
        ]);
      for (const { message } of report.failed) note(io, message);
      if (report.failed.length > 0) throw new Exit(1);
    });
}

/** @throws MixnasError `bad-usage` where a cut is asked for without what decides it, or the other way round. */
function splitOf({ split, profile, server, bandwidth, rtt, precision }: Options) {
  const link = { profile, server, bandwidth, rtt };
  const given = Object.entries({ ...link, precision }).find(([, value]) => value !== undefined)?.[0];
  if (typeof split === 'string' || split === undefined) {
    if (given === undefined) return split === undefined ? undefined : { after: split };
    throw new MixnasError('bad-usage', `--${given} is for --split without a layer.`, {
      remedy: split === undefined ? 'Add --split.' : `Leave ${split} or --${given} out.`,
    });
  }
  const missing = Object.entries(link).find(([, value]) => value === undefined)?.[0];
  if (profile === undefined || server === undefined || bandwidth === undefined || rtt === undefined) {
    throw new MixnasError('bad-usage', `--split without a layer needs --${missing}.`, {
      remedy:
        'Give --profile, --server, --bandwidth and --rtt as for `mixnas split`, or the layer to cut behind.',
    });
  }
  return { profile, server, bandwidthMbps: bandwidth, rttMs: rtt, precision };
}
