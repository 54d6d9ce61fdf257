/** Devices: their profiles, how far off those were on networks they had not seen, and how alike they are. */
import { formatMs, formatPercent, messageOf, significant } from '../../base/index.js';
import type { Predictor } from '../../hardware/index.js';
import { bar } from '../draw/bar.js';
import {
  type Block,
  sideBySide,
  fit,
  fitBlock,
  type Line,
  type Role,
  span,
  wrapText,
} from '../draw/block.js';
import { createCanvas } from '../draw/canvas.js';
import { table } from '../draw/table.js';
import { predictorOf } from '../model/candidate.js';
import { deviceCorrelation, rankings } from '../model/devices.js';
import type { Device, RunModel } from '../model/run-model.js';
import { selectedRow } from '../model/selection.js';
import { scrolled, scrolledTo } from './cursor.js';
import type { DrawContext, Screen } from './screen.js';

type Profile = Predictor['profile'];

const title = (text: string): Line => [span(text, 'accent', { bold: true })];

/** A device's profile, or why it cannot be read. */
function profileOf(model: RunModel, device: Device): Profile | string {
  try {
    return predictorOf(model, device).profile;
  } catch (error) {
    return messageOf(error);
  }
}

function errorText(profile: Profile | string): string {
  if (typeof profile === 'string') return '-';
  const { error } = profile;
  return error ? `${significant(error.mape)} %, ${significant(error.within10)} % within 10 %` : 'not known';
}

/** Fastest and slowest member of the front. */
function frontRange(model: RunModel, { metric }: Device): string {
  const values = model.table.front().map((row) => model.table.column(metric)[row] as number);
  return values.length === 0
    ? '-'
    : `${significant(Math.min(...values))} to ${formatMs(Math.max(...values))}`;
}

/** The table of devices with the chosen one among its rows, at most half of the screen. */
function profileTable(context: DrawContext): Block {
  const { model, ui } = context;
  const [head = [], ...rows] = wholeTable(context);
  const room = devicesShown(context);
  if (rows.length <= room) return [head, ...rows];
  const first = firstDevice(ui.device % rows.length, rows.length, room);
  const left = model.devices.length - room;
  return [head, ...rows.slice(first, first + room), [span(`${left} more: up and down show them`, 'muted')]];
}

function devicesShown({ model, height }: DrawContext): number {
  return Math.min(model.devices.length, Math.max(3, Math.floor(height / 2) - 2));
}

/** The first device shown, where not all are. */
function firstDevice(chosen: number, count: number, room: number): number {
  return Math.max(0, Math.min(chosen - Math.floor(room / 2), count - room));
}

function wholeTable({ model, ui, width }: DrawContext): Block {
  const rows = model.devices.map((device, i) => {
    const profile = profileOf(model, device);
    const known = typeof profile === 'string' ? undefined : profile;
    return [
      [span(i === ui.device % model.devices.length ? '▸' : ' ', 'cursor'), span(device.name, 'accent')],
      known ? `${known.device}, ${known.chip} ${known.unit}` : 'profile cannot be read',
      known ? `${known.runtime.name}, ${known.precision}` : '-',
      errorText(profile),
      device.limitMs === undefined ? 'none' : formatMs(device.limitMs),
      frontRange(model, device),
    ];
  });
  return table(
    [
      { title: ' device' },
      { title: 'what it is', sheds: 3 },
      { title: 'runtime', sheds: 4 },
      { title: 'error on left-out networks', sheds: 1 },
      { title: model.view.config.robust ? 'limit, upper end' : 'limit', align: 'right', sheds: 2 },
      { title: 'front', align: 'right' },
    ],
    rows,
    width,
  );
}

/** The error by family of networks, and where the profile comes from. */
function details({ model, ui }: DrawContext, width: number): Block {
  const device = model.devices[ui.device % Math.max(1, model.devices.length)];
  if (!device) return [];
  const profile = profileOf(model, device);
  if (typeof profile === 'string') return [title(device.name), [span(profile, 'bad')]];
  const families = Object.entries(profile.error?.byFamily ?? {}).sort((a, b) => a[1] - b[1]);
  const most = Math.max(1, ...families.map(([, mape]) => mape));
  const barWidth = Math.max(4, Math.min(20, width - 34));
  return [
    title(`${device.name}: error by family left out of the fit`),
    ...families.map(
      ([family, mape]): Line => [
        ...fit([span(family)], 20),
        span(' '),
        ...bar(mape / most, barWidth, mape > 20 ? 'bad' : mape > 10 ? 'warn' : 'good'),
        span(` ${significant(mape)} %`, 'muted'),
      ],
    ),
    ...(families.length === 0 ? [[span('no error by family is known', 'muted')]] : []),
    [span(`${profile.table.entries.length} device kernels in its table, made ${profile.date}`, 'muted')],
    ...profile.sources.flatMap((source) =>
      wrapText(`${source.title} (${source.kind}, ${source.licence})`, width).map(
        (text): Line => [span(text, 'muted')],
      ),
    ),
  ];
}

function correlations(model: RunModel): Block {
  const { devices } = model;
  if (devices.length < 2 || model.table.count < 2) return [];
  return [
    title("rank correlation (Kendall's tau) over the trials"),
    [span('1: both order networks alike; 0: nothing in common', 'muted')],
    ...table(
      [{ title: '' }, ...devices.map(({ name }) => ({ title: name, align: 'right' as const }))],
      devices.map((a) => [
        [span(a.name, 'muted')],
        ...devices.map((b) => (a === b ? '1' : deviceCorrelation(model, a, b).toFixed(2))),
      ]),
    ),
  ];
}

/** The front's members from fastest to slowest on each device, a line for each from device to device. */
function rankChart({ model, ui, glyphs }: DrawContext, width: number, height: number): Block {
  const { devices, table: trials } = model;
  const orders = rankings(model, trials.front());
  const count = trials.front().length;
  if (devices.length < 2 || count < 2 || height < 6) return [];
  // At both ends of its line stands which trial it is, where each has a row of its own.
  const idWidth =
    count > height - 3 ? 0 : Math.max(...trials.front().map((row) => String(model.row(row).id).length)) + 1;
  const canvas = createCanvas(width - 2 * idWidth, height - 3, glyphs);
  const cursor = selectedRow(model, ui);
  const x = (i: number): number => (i / (devices.length - 1)) * (canvas.dotWidth - 1);
  const y = (rank: number): number => ((rank + 0.5) / count) * (canvas.dotHeight - 1);
  for (const row of trials.front()) {
    const ranks = orders.map((order) => order.indexOf(row));
    const spread = Math.max(...ranks) - Math.min(...ranks);
    const role: Role = row === cursor ? 'cursor' : spread > count / 3 ? 'warn' : 'muted';
    const importance = row === cursor ? 3 : spread > count / 3 ? 2 : 1;
    for (let i = 1; i < ranks.length; i++) {
      canvas.segment(x(i - 1), y(ranks[i - 1] as number), x(i), y(ranks[i] as number), role, importance);
    }
  }
  const each = width / (devices.length - 1);
  let left = width;
  const names = devices.flatMap(({ name }, i) => {
    const last = i === devices.length - 1;
    const size = last ? left : Math.floor(i === 0 ? each / 2 : each);
    left -= size;
    return fit([span(name, 'accent')], size, i === 0 ? 'left' : last ? 'right' : 'center');
  });
  const moved = trials.front().filter((row) => {
    const ranks = orders.map((order) => order.indexOf(row));
    return Math.max(...ranks) - Math.min(...ranks) > count / 3;
  });
  const idAt = (order: readonly number[] | undefined, line: number): string => {
    const rank =
      order?.findIndex((_, i) => Math.floor((y(i) * (height - 3)) / canvas.dotHeight) === line) ?? -1;
    return rank < 0 ? '' : String(model.row(order?.[rank] as number).id);
  };
  const lines = canvas
    .toBlock()
    .map(
      (drawn, i): Line =>
        idWidth === 0
          ? drawn
          : [
              span(`${idAt(orders[0], i).padStart(idWidth - 1)} `),
              ...drawn,
              span(` ${idAt(orders.at(-1), i)}`.padEnd(idWidth)),
            ],
    );
  return [
    title('rank changes on the front, fastest at the top'),
    fit(names, width),
    ...lines,
    [
      span(`${moved.length} of ${count}`, 'warn'),
      span(` (${formatPercent(moved.length / count, 0)}) move by more than a third of the ranks`, 'muted'),
    ],
  ];
}

/** What stands below the table of devices. */
function below(context: DrawContext, room: number): Block {
  const { model, width } = context;
  if (width >= 110) {
    const half = Math.floor(width / 2) - 1;
    return sideBySide(
      {
        block: fitBlock([...details(context, half), [], ...correlations(model)], half, room),
        width: half + 2,
      },
      { block: rankChart(context, half, room), width: half },
    );
  }
  const text = [...correlations(model), [], ...details(context, width), []];
  // Where there is no room left for it, it is below: the screen scrolls.
  return [...text, ...rankChart(context, width, Math.max(12, room - text.length))];
}

function draw(context: DrawContext): Block {
  const { ui, width, height } = context;
  const head = [...profileTable(context), []];
  const room = Math.max(1, height - head.length);
  return [...head, ...scrolled(below(context, room), ui.scroll, width, room)];
}

export const devicesScreen: Screen = {
  id: 'devices',
  title: 'Devices',
  draw,
  act(action, context) {
    const { model, ui, height } = context;
    const count = Math.max(1, model.devices.length);
    const move = (by: number) => ({ device: ((ui.device % count) + by + count) % count });
    if (action === 'down' || action === 'device') return move(1);
    if (action === 'up') return move(-1);
    const room = Math.max(1, height - profileTable(context).length - 1);
    const scroll = scrolledTo(action, ui.scroll, below(context, room).length, room);
    return scroll === undefined ? undefined : { scroll };
  },
  click(_column, row, context) {
    const { model, ui } = context;
    const count = model.devices.length;
    const shown = devicesShown(context);
    if (row < 1 || row > shown) return undefined;
    return { device: firstDevice(ui.device % count, count, shown) + row - 1 };
  },
  sheet({ model }) {
    const rows = model.table.front();
    const orders = rankings(model, rows);
    return {
      head: ['trial', ...model.devices.map(({ name }) => `rank.${name}`)],
      rows: rows.map((row) => [model.row(row).id, ...orders.map((order) => order.indexOf(row) + 1)]),
    };
  },
};
