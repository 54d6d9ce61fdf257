/** Whole logs as benchmark_model writes them, in the layouts of its versions, for tests: own numbers. */

/** An operator: its type, ms of a call, calls in a run. */
export type LoggedOp = readonly [type: string, ms: number, calls?: number];

export interface LogLayout {
  /** 2018 and until 2022 there was a column `[start]`. */
  readonly start?: boolean;
  readonly csv?: boolean;
  /** Stands before each message of today's versions. */
  readonly info?: boolean;
}

const runUs = (ops: readonly LoggedOp[]) =>
  ops.reduce((sum, [, ms, calls = 1]) => sum + ms * calls * 1000, 0);

function header({ start, csv }: LogLayout): string {
  if (csv) return `node type,${start ? ' start,' : ''} first, avg_ms, %, cdf%, mem KB, times called, name`;
  const first = start ? '\t          [start]' : '';
  return `\t             [node type]${first}\t  [first]\t [avg ms]\t     [%]\t  [cdf%]\t  [mem KB]\t[times called]\t[Name]`;
}

/** Rows in the order that is given, with shares of the run as the tool adds them up. */
function table(
  ops: readonly (LoggedOp & { readonly name?: string })[],
  names: readonly string[],
  layout: LogLayout,
) {
  const total = runUs(ops);
  let sum = 0;
  return ops.map(([type, ms, calls = 1], i) => {
    const us = ms * calls * 1000;
    const begin = sum / 1000;
    sum += us;
    const [share, cdf] = [(100 * us) / total, (100 * sum) / total];
    const name = names[i] ?? '';
    if (layout.csv) {
      const six = (value: number) => String(Number(value.toPrecision(6)));
      const first = layout.start ? [six(begin)] : [];
      return [
        type,
        ...first,
        six(ms * 1.1),
        six(ms),
        `${six(share)}%`,
        `${six(cdf)}%`,
        '0',
        calls,
        name,
      ].join(', ');
    }
    const field = (value: number, width: number) => value.toFixed(3).padStart(width);
    const first = layout.start ? `\t${field(begin, 17)}` : '';
    return `\t${type.padStart(24)}${first}\t${field(ms * 1.1, 9)}\t${field(ms, 9)}\t${field(share, 7)}%\t${field(cdf, 7)}%\t${field(0, 10)}\t${String(calls).padStart(9)}\t${name}`;
  });
}

function summary(ops: readonly LoggedOp[], { csv }: LogLayout): string[] {
  const types = [...new Set(ops.map(([type]) => type))];
  const total = runUs(ops);
  let cdf = 0;
  const rows = types.map((type) => {
    const mine = ops.filter((op) => op[0] === type);
    const share = (100 * runUs(mine)) / total;
    cdf += share;
    const ms = (runUs(mine) / 1000).toFixed(3);
    return csv
      ? `${type}, ${mine.length}, ${ms}, ${share}%, ${cdf}%, 0, ${mine.length}`
      : `\t${type.padStart(24)}\t${String(mine.length).padStart(9)}\t${ms.padStart(10)}\t${share.toFixed(3).padStart(10)}%\t${cdf.toFixed(3).padStart(10)}%\t     0.000\t${String(mine.length).padStart(9)}`;
  });
  const titles = csv
    ? 'node type, count, avg_ms, avg %, cdf %, mem KB, times called'
    : '\t             [Node type]\t  [count]\t  [avg ms]\t    [avg %]\t    [cdf %]\t  [mem KB]\t[times called]';
  return [titles, ...rows];
}

/** All tables of one part of a run: in run order, the ten slowest, by type, and the closing lines. */
export function tables(
  ops: readonly LoggedOp[],
  layout: LogLayout,
  nameOf: (op: LoggedOp, i: number) => string,
): string[] {
  const names = ops.map(nameOf);
  const slowest = ops.map((op, i) => ({ op, name: names[i] as string })).sort((a, b) => b.op[1] - a.op[1]);
  const bar = '==============================';
  const total = runUs(ops);
  // Shares of the slowest are of the whole run; the table is cut at ten.
  const top = table(
    slowest.map(({ op }) => op),
    slowest.map(({ name }) => name),
    layout,
  ).slice(0, 10);
  return [
    `${bar} Run Order ${bar}`,
    header(layout),
    ...table(ops, names, layout),
    '',
    `${bar} Top by Computation Time ${bar}`,
    header(layout),
    ...top,
    '',
    `Number of nodes executed: ${ops.length}`,
    `${bar} Summary by node type ${bar}`,
    ...summary(ops, layout),
    '',
    `Timings (microseconds): count=52 first=${Math.round(total * 1.1)} curr=${Math.round(total)} min=${Math.round(total * 0.97)} max=${Math.round(total * 1.1)} avg=${total.toFixed(1)} std=41`,
    'Memory (bytes): count=0',
    `${ops.length} nodes observed`,
    '',
    '',
  ];
}

const tensor = ([type]: LoggedOp, i: number) =>
  type.includes('(')
    ? `Delegate/${type}:${i}`
    : `[net/block_${i}/Conv2D;net/block_${i}/BatchNorm, second]:${i}`;

/** The whole output of a version of today (2021 and later): start-up, times, initialisation, then the operators. */
export function benchmarkLog(ops: readonly LoggedOp[], inferenceUs: number, layout: LogLayout = {}): string {
  const info = (text: string) => (layout.info ? `INFO: ${text}` : text);
  const initialisation: LoggedOp[] = [
    ['ModifyGraphWithDelegate', 11.5],
    ['AllocateTensors', 0.75, 2],
  ];
  return [
    ...[
      'STARTING!',
      'Log parameter values verbosely: [0]',
      'Num threads: [1]',
      'Graph: [net.tflite]',
      'Enable op profiling: [1]',
      '#threads used for CPU inference: [1]',
      'Loaded model net.tflite',
      'Created TensorFlow Lite XNNPACK delegate for CPU.',
      'The input model file size (MB): 16.7311',
      'Initialized session in 13.021ms.',
      'Running benchmark for at least 1 iterations and at least 0.5 seconds but terminate if exceeding 150 seconds.',
      'count=21 first=26011 curr=23991 min=23310 max=26011 avg=24120.5 std=512',
    ].map(info),
    '',
    info(
      'Running benchmark for at least 50 iterations and at least 1 seconds but terminate if exceeding 150 seconds.',
    ),
    info('count=52 first=23801 curr=24002 min=23344 max=25120 avg=23988.1 std=310'),
    '',
    info(
      `Inference timings in us: Init: 13021, First inference: 26011, Warmup (avg): 24120.5, Inference (avg): ${inferenceUs}`,
    ),
    info(
      'Note: as the benchmark tool itself affects memory footprint, the following is only APPROXIMATE to the actual memory footprint of the model at runtime. Take the information at your discretion.',
    ),
    info('Memory footprint delta from the start of the tool (MB): init=9.1 overall=24.9'),
    info('Profiling Info for Benchmark Initialization:'),
    ...tables(initialisation, layout, ([type]) => `${type}/0`),
    '',
    info('Operator-wise Profiling Info for Regular Benchmark Runs:'),
    ...tables(ops, layout, tensor),
    '',
  ].join('\n');
}

/** The whole output of 2018: one set of tables, operators without numbers, and the times above them. */
export function oldBenchmarkLog(ops: readonly LoggedOp[], inferenceUs: number): string {
  return [
    'Num runs: [50]',
    'Inter-run delay (seconds): [-1]',
    'Num threads: [1]',
    'Benchmark name: []',
    'Output prefix: []',
    'Warmup runs: [1]',
    'Graph: [net.tflite]',
    'Input layers: []',
    'Input shapes: []',
    'Use nnapi : [0]',
    'Loaded model net.tflite',
    'resolved reporter',
    'Initialized session in 2.114ms',
    'Running benchmark for 1 iterations ',
    'count=1 curr=27011',
    '',
    'Running benchmark for 50 iterations ',
    'count=50 first=24101 curr=23998 min=23801 max=24990 avg=24033.2 std=211',
    '',
    ...tables(ops, { start: true }, (_op, i) => `[net/block_${i}/Relu6]`),
    `Average inference timings in us: Warmup: 27011, Init: 2114, no stats: ${inferenceUs}`,
    '',
  ].join('\n');
}
