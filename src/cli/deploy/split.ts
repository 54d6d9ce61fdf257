/** `mixnas split`: where to cut a network between a phone and a server. */
import { Command } from 'commander';
import { MixnasError, formatBytes, formatMs, significant } from '../../base/index.js';
import { type Block, detectTheme, latencyCurve, line, span, table } from '../../dashboard/index.js';
import { bandwidth, milliseconds, precision } from './link-options.js';
import { inputHelp } from '../model-file.js';
import { type Io, integer, printBlock, printJson, repeated } from '../terminal/index.js';

interface Options {
  readonly profile: string;
  readonly server: string;
  readonly bandwidth: number;
  readonly rtt: number;
  readonly precision?: 'int8' | 'fp16' | 'fp32';
  readonly resolution?: number;
  readonly classes?: number;
  readonly input?: readonly string[];
  readonly json?: true;
}

type Report = Awaited<ReturnType<typeof import('../../app/index.js')['split']>>;
type Cut = Report['best'];

export function splitCommand(io: Io): Command {
  return new Command('split')
    .description('price every cut of a network between a phone and a server')
    .argument('<architecture>', "a reference model's name, a JSON, YAML, .tflite or .onnx file, or run#trial")
    .requiredOption('--profile <name>', "the phone's profile")
    .requiredOption(
      '--server <profile|host|ms>',
      'the server: a profile, `host` for this machine as measured now, or milliseconds',
    )
    .requiredOption('--bandwidth <rate>', 'such as 20Mbps', bandwidth)
    .requiredOption('--rtt <time>', 'the round trip, such as 30ms', milliseconds)
    .option('--precision <kind>', 'what is sent of each number: int8, fp16 or fp32 (default)', precision)
    .option('--resolution <pixels>', "input height and width (default: the architecture's)", integer(1))
    .option('--classes <count>', "classes (default: the architecture's)", integer(1))
    .option('--input <shape>', inputHelp, repeated)
    .option('--json', 'print JSON, with every cut')
    .addHelpText(
      'after',
      '\nExamples:\n  mixnas split mixnet-s --profile mali-g76 --server 4 --bandwidth 20Mbps --rtt 30ms' +
        '\n  mixnas split mixnet-l --profile adreno-616 --server host --bandwidth 100Mbps --rtt 5ms --precision int8',
    )
    .action(async (spec: string, options: Options) => {
      const { split, splitMs } = await import('../../app/index.js');
      if (options.profile === options.server) {
        throw new MixnasError('bad-usage', '--server is the same profile as --profile.', {
          remedy: 'Give the profile or the milliseconds of the server.',
        });
      }
      const report = await split(spec, {
        ...options,
        bandwidthMbps: options.bandwidth,
        rttMs: options.rtt,
        inputs: options.input,
      });
      if (options.json) printJson(io, report);
      else printBlock(io, describe(report, splitMs, detectTheme(io.stdout, io.env).glyphs));
    });
}

const placeOf = ({ after }: Cut, report: Report) =>
  after === undefined ? 'all on the server' : after === report.allOnPhone.after ? 'all on the phone' : after;

const serverText = (server: string) =>
  server === 'host' ? 'this machine' : Number.isFinite(Number(server)) ? `a server of ${server} ms` : server;

/** What a cut takes at another bandwidth: `splitMs`, which is loaded with the command. */
type SplitMs = typeof import('../../app/index.js')['splitMs'];

function describe(report: Report, splitMs: SplitMs, glyphs: ReturnType<typeof detectTheme>['glyphs']): Block {
  const right = { align: 'right' } as const;
  const row = (label: string, cut: Cut) => [
    label,
    placeOf(cut, report),
    formatMs(cut.totalMs),
    `${significant(cut.lowMs)} to ${formatMs(cut.highMs)}`,
    formatMs(cut.phoneMs),
    formatMs(cut.transferMs),
    formatMs(cut.serverMs),
    formatBytes(cut.bytes),
  ];
  const edges = report.bestFrom.map(({ fromMbps }) => fromMbps).filter((mbps) => mbps > 0);
  const [low, high] = [
    Math.min(report.bandwidthMbps, ...edges) / 10,
    Math.max(report.bandwidthMbps, ...edges) * 10,
  ];
  const rates = Array.from({ length: 60 }, (_, i) => low * (high / low) ** (i / 59));
  const curve = (of: (mbps: number) => number) => rates.map((x) => ({ x, y: of(x) }));
  const at = (cut: Cut) => curve((mbps) => splitMs(cut, mbps, report.rttMs));
  const best = curve((mbps) => Math.min(...report.cuts.map((cut) => splitMs(cut, mbps, report.rttMs))));
  return [
    line(
      span(report.name, 'accent', { bold: true }),
      ` on ${report.profile} and ${serverText(report.server)}, ${significant(report.bandwidthMbps)} Mbps, ${formatMs(report.rttMs)} there and back, ${report.precision} sent`,
    ),
    [],
    ...table(
      [
        { title: '' },
        { title: 'the phone ends with' },
        { title: 'latency', ...right },
        { title: '90 % band', ...right },
        { title: 'phone', ...right },
        { title: 'transfer', ...right },
        { title: 'server', ...right },
        { title: 'sent', ...right },
      ],
      [
        row('best', report.best),
        row('phone alone', report.allOnPhone),
        row('server alone', report.allOnServer),
      ],
    ),
    [],
    ...table(
      [
        { title: 'from', ...right },
        { title: 'the best cut: the phone ends with' },
        { title: 'sent', ...right },
      ],
      report.bestFrom.map(({ fromMbps, cut }) => [
        fromMbps === 0 ? '0 Mbps' : `${significant(fromMbps)} Mbps`,
        placeOf(cut, report),
        formatBytes(cut.bytes),
      ]),
    ),
    [],
    line('best cut, the server alone, and the phone alone, over bandwidth:'),
    ...latencyCurve([best, at(report.allOnServer), at(report.allOnPhone)], glyphs),
  ];
}
