/** How to repeat a run, and all that is known about how it was made. */
import { formatBytes, formatDuration, formatInteger, formatPercent } from '../../base/index.js';
import { commandText } from '../../runs/index.js';
import {
  accuracyText,
  deployText,
  searchSeconds,
  stateText,
  timeText,
  trialStates,
} from '../model/describe.js';
import type { Device, ReportRun } from '../model/run.js';
import type { Section } from './document.js';
import { type Content, html } from './html.js';
import { facts } from './table.js';

/** A word of a shell command. */
const quote = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

/**
 * The command that searches the same again, from the run folder alone: its config, space and profiles.
 * @param folder of the run, as it is to be written.
 */
export function repeatCommand(run: ReportRun, folder: string): string {
  const words = [
    'npx mixnas search',
    quote(`${folder}/config.json`),
    `--space ${quote(`${folder}/space.json`)}`,
    ...run.view.config.profiles.map((name) => `--profile ${quote(`${folder}/profiles/${name}.json`)}`),
    `--name ${quote(`${run.view.name}-again`)}`,
  ];
  return words.join(' \\\n  ');
}

/** What the command rests on, and what may differ all the same. */
const caveat =
  'With the same versions and backend the same trials are proposed in the same order and get the same results; on another processor sums may round otherwise, and trials part ways from there.';

const asynchronous =
  'This search is not repeatable to the bit: each network was proposed from what was known when a worker was free (`deterministic: false`). The same trials get the same results, but others may be proposed.';

export function repeatSection(run: ReportRun, folder: string): Section {
  const { view } = run;
  const { manifest, config } = view;
  const { machine } = manifest;
  const { align } = manifest.space;
  const aligned = align === undefined ? '' : `, channels in multiples of ${align}`;
  return {
    id: 'repeat',
    title: 'How to repeat it',
    body: html`<pre class="wrap">${repeatCommand(run, folder)}</pre>
<p>${config.deterministic ? caveat : asynchronous}</p>
${facts([
  ['Seed', html`<code>${String(config.seed)}</code>`],
  [
    'Search space',
    [
      `${manifest.space.name} (`,
      formatSize(manifest.space.size),
      ` networks, hash ${manifest.space.hash})${aligned}`,
    ],
  ],
  ['Accuracy', accuracyText(view)],
  ['Latency and FLOPs', `priced at ${deployText(view)}`],
  ['Limits', limitsText(run)],
  [
    'Versions',
    Object.entries(manifest.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  ],
  ['Backend', manifest.backend],
  [
    'Machine',
    `${machine.cpu}, ${machine.cores} cores, ${formatBytes(machine.memoryBytes)} of memory, ${machine.platform}`,
  ],
  ['Begun', timeText(Date.parse(manifest.created))],
  ['State', `${stateText(view)}${view.lastAt > 0 ? `; last written ${timeText(view.lastAt)}` : ''}`],
  [
    'Search time',
    `${formatDuration(searchSeconds(view))} in ${view.sessions.length === 1 ? 'one session' : `${view.sessions.length} sessions`}`,
  ],
  ['Trials', trialsText(run)],
  ...changes(run),
])}
<details><summary>The config, with everything that was left to a default</summary><pre>${JSON.stringify(config, undefined, 2)}</pre></details>
<h3>Devices</h3>
${run.devices.map(deviceFacts)}`,
  };
}

/** `1234567890123456` as `1.23 × 10^15`. */
function formatSize(size: string): Content {
  if (size.length <= 12) return formatInteger(Number(size));
  return html`${(Number(size.slice(0, 3)) / 100).toFixed(2)} × 10<sup>${size.length - 1}</sup>`;
}

function limitsText({ view: { config } }: ReportRun): string {
  const { latencyMs, memoryBytes = {}, macs, params, peakMemoryBytes, splitLatencyMs } = config.limits;
  const limits = [
    ...Object.entries(latencyMs).map(
      ([name, ms]) => `${ms} ms on ${name}${config.robust ? " (the band's upper end)" : ''}`,
    ),
    ...Object.entries(memoryBytes).map(([name, bytes]) => `${formatBytes(bytes)} of memory on ${name}`),
    ...(splitLatencyMs === undefined ? [] : [`${splitLatencyMs} ms of phone and server`]),
    ...(macs === undefined ? [] : [`${formatInteger(macs)} multiply-adds`]),
    ...(params === undefined ? [] : [`${formatInteger(params)} parameters`]),
    ...(peakMemoryBytes === undefined ? [] : [`${formatBytes(peakMemoryBytes)} of memory for activations`]),
  ];
  return limits.length > 0 ? limits.join(', ') : 'none';
}

/** What was changed while the search ran: the command does not repeat that. */
function changes({ view }: ReportRun): (readonly [string, Content])[] {
  const taken = view.controls.filter(({ state }) => state === 'taken');
  if (taken.length === 0) return [];
  const lines = taken.map(({ command, answeredAt = 0 }, i) => [
    i > 0 && html`<br>`,
    `${commandText(command)} (${timeText(answeredAt)})`,
  ]);
  return [['Steered', [lines, html`<br>The command above repeats the run as it began.`]]];
}

function trialsText({ view }: ReportRun): Content {
  const { states, reasons } = trialStates(view);
  const counted =
    [...states].map(([state, count]) => `${formatInteger(count)} ${state}`).join(', ') || 'none';
  const why = reasons.map(
    ([reason, count]) => html`<br>failed ${count > 1 ? `${count} times` : 'once'}: ${reason}`,
  );
  return [`${counted}, of ${formatInteger(view.config.budget.trials)} asked for`, why];
}

function deviceFacts({ name, title, profile, limitMs }: Device): Content {
  if (!profile) return html`<p><strong>${name}</strong>: its profile cannot be read.</p>`;
  const { runtime, precision, sources, error, notes } = profile;
  return html`<h4>${name}</h4>${facts([
    ['Device', title],
    ['Runtime', `${runtime.name}${runtime.version ? ` ${runtime.version}` : ''}, ${precision}`],
    ['Limit', limitMs === undefined ? 'none' : `${limitMs} ms`],
    [
      'Numbers from',
      sources.map((source, i) => [
        i > 0 && html`<br>`,
        `${source.title} (${source.kind}, ${source.licence})`,
      ]),
    ],
    [
      'Error on networks left out',
      error
        ? `${formatPercent(error.mape / 100)} on average over ${error.networks} networks, left out by ${error.leftOut}`
        : 'not known: no error is claimed',
    ],
    ...(notes ? [['Note', notes.join(' ')] as const] : []),
  ])}`;
}
