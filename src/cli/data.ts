/** `mixnas data`: the data sets there are, fetched ahead of time. */
import { formatBytes, formatDuration, formatInteger } from '../base/index.js';
import { Command } from 'commander';
import { type Block, line, span, table } from '../dashboard/index.js';
import {
  reportData,
  interruptible,
  createProgressLine,
  type Io,
  printBlock,
  printJson,
} from './terminal/index.js';
type App = typeof import('../app/index.js');
type Entry = ReturnType<App['listDataSets']>[number];
type Report = Awaited<ReturnType<App['fetchDataSet']>>;

interface FetchOptions {
  readonly path?: string;
  readonly verify?: true;
  readonly json?: true;
}

export function dataCommand(io: Io): Command {
  const data = new Command('data').description('list data sets, and fetch them ahead of time');
  data
    .command('list')
    .description('list the data sets, with what of them is in the cache')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  mixnas data list')
    .action(async (options: { readonly json?: true }) => {
      const { listDataSets } = await import('../app/index.js');
      const datasets = listDataSets();
      if (options.json) printJson(io, { datasets });
      else printBlock(io, list(datasets));
    });
  data
    .command('fetch')
    .description('fetch and check a data set; what is in the cache is not fetched again')
    .argument('<dataset>', 'cifar10, cifar100, textures, or a folder of images')
    .option(
      '--path <path>',
      'for cifar10 and cifar100: the official binary archive, or the folder with its files',
    )
    .option('--verify', 'check every byte of the cache, and build it again where one is wrong')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  mixnas data fetch cifar10')
    .action(async (name: string, options: FetchOptions) => {
      const { fetchDataSet, parseDataset } = await import('../app/index.js');
      const spec = parseDataset(name);
      const report = await interruptible(io, (signal) =>
        fetchDataSet(options.path === undefined ? spec : ({ ...spec, path: options.path } as typeof spec), {
          verify: options.verify,
          onProgress: reportData(() => createProgressLine(io)),
          signal,
        }),
      );
      if (options.json) printJson(io, report);
      else printBlock(io, describe(report));
    });
  return data;
}

function list(entries: readonly Entry[]): Block {
  return entries.flatMap((entry) => [
    line(
      span(entry.name.padEnd(10), 'accent', { bold: true }),
      entry.description,
      span(entry.cachedBytes > 0 ? `  in the cache: ${formatBytes(entry.cachedBytes)}` : '', 'good'),
    ),
    line(span(`${' '.repeat(10)}${entry.source}`, 'muted')),
  ]);
}

function describe(report: Report): Block {
  const numbers = (values: readonly number[]) => values.map((v) => v.toFixed(4)).join(', ');
  return [
    line(span(report.name, 'accent', { bold: true }), ` is ready (${formatDuration(report.seconds)})`),
    ...table(
      [{ title: '' }, { title: '' }],
      [
        [
          'images',
          `${formatInteger(report.train)} for training, ${formatInteger(report.test)} for testing, ${report.height}x${report.width}`,
        ],
        ['classes', `${report.classes.length}: ${report.classes.join(', ')}`],
        ['mean', numbers(report.mean)],
        ['deviation', numbers(report.std)],
      ],
    ).slice(1),
  ];
}
