/** Writing a report: the page, its plots as SVG and PNG, the front as CSV and JSON. */
import { basename, dirname, extname, isAbsolute, join, relative, resolve } from 'node:path';
import {
  MixnasError,
  asDiskError,
  makeFolders,
  ownFolder,
  removeOwnWhere,
  writeFileAtomic,
} from '../base/index.js';
import { readRun, type RunView } from '../runs/index.js';
import { comparisonFigures, figuresOf, type RunFigures } from './figures.js';
import { compare } from './model/compare.js';
import { type ReportRun, prepareRun } from './model/run.js';
import { comparisonPage } from './page/comparison-page.js';
import { drawer } from './page/figure.js';
import { linksFrom } from './page/front.js';
import { runPage } from './page/run-page.js';
import type { Plot } from './plots/chart.js';
import { renderPngs, renderSvg } from './plots/render.js';

/** What an earlier report may have left: the files of plots, by the names that figures give them. */
const isPlotFile = (name: string): boolean =>
  /^(front-.+|breakdown-.+|hypervolume|importance|[a-z]+-by-depth)\.(svg|png)$/.test(name);

export interface ReportOptions {
  /** The page's file; its plots go into a folder of the same name that ends in `-files`. */
  readonly out?: string | undefined;
  /** The folder that holds runs. */
  readonly root?: string | undefined;
}

export interface WrittenReport {
  /** Path of the page. */
  readonly page: string;
  /** Paths of the plots. */
  readonly plots: readonly string[];
  readonly runs: readonly { readonly name: string; readonly trials: number; readonly front: number }[];
  /** What could not be shown, and why. */
  readonly notes: readonly string[];
}

/**
 * Reports on one run, or compares several. By default the page of one run is `report.html` in its folder;
 * that of several is `report-<run>-<run>.html` in the working directory.
 * @param names folders of runs, or names in the runs folder; a run that is named twice counts once.
 * @throws MixnasError `bad-run` when there is no such run or runs have no objective in common,
 *   `bad-usage` for a page that would not be HTML, `no-space` when it cannot be written.
 */
export async function writeReport(
  names: readonly string[],
  options: ReportOptions = {},
): Promise<WrittenReport> {
  const views = names.map((name) => readRun(name, options.root));
  const runs = views
    .filter((view, i) => views.findIndex(({ folder }) => folder === view.folder) === i)
    .map(prepareRun);
  const page = pagePath(
    runs.map(({ view }) => view),
    options.out,
  );
  const files = join(dirname(page), `${basename(page, extname(page))}-files`);
  const { plots, text } = runs.length === 1 ? oneRun(runs[0] as ReportRun, page) : severalRuns(runs, page);
  const svgs = new Map<string, string>();
  for (const plot of plots) svgs.set(plot.name, await renderSvg(plot));
  const pngs = await renderPngs([...svgs.values()]);
  const paths = [...svgs.keys()].flatMap((name) =>
    ['svg', 'png'].map((kind) => join(files, `${name}.${kind}`)),
  );
  try {
    makeFolders(dirname(page));
    ownFolder(files, 'bad-run');
    removeOwnWhere(files, isPlotFile, 'bad-run');
    [...svgs].forEach(([name, svg], i) => {
      writeFileAtomic(join(files, `${name}.svg`), svg);
      writeFileAtomic(join(files, `${name}.png`), pngs[i] as Uint8Array);
    });
    writeFileAtomic(page, text(svgs, basename(files)));
  } catch (error) {
    throw asDiskError(error, page) ?? error;
  }
  return {
    page,
    plots: paths,
    runs: runs.map(({ view, complete, front }) => ({
      name: view.name,
      trials: complete.length,
      front: front.length,
    })),
    notes: runs.flatMap((run) => run.notes),
  };
}

interface Draft {
  readonly plots: readonly Plot[];
  /** The page's text, once its plots are drawn. */
  readonly text: (svgs: ReadonlyMap<string, string>, files: string) => string;
}

function oneRun(run: ReportRun, page: string): Draft {
  const figures = figuresOf(run);
  return {
    plots: plotsOf(figures),
    text: (svgs, files) =>
      runPage(
        run,
        figures,
        drawer(svgs, encodeURIComponent(files)),
        linksFrom(dirname(page)),
        shownPath(run.view.folder),
      ),
  };
}

function plotsOf({ fronts, growth, commonPlots, gatePlot, importancePlot, breakdowns }: RunFigures): Plot[] {
  const single = [growth, ...commonPlots, gatePlot, importancePlot].filter((plot) => plot !== undefined);
  return [...fronts.map(({ plot }) => plot), ...single, ...breakdowns.map(({ plot }) => plot)];
}

function severalRuns(runs: readonly ReportRun[], page: string): Draft {
  const comparison = compare(runs);
  if (!comparison) {
    throw new MixnasError('bad-run', 'These runs have no objective in common.', {
      remedy: 'Report on each by itself.',
    });
  }
  const figures = comparisonFigures(comparison);
  return {
    plots: [...figures.fronts.map(({ plot }) => plot), figures.growth],
    text: (svgs, files) =>
      comparisonPage(comparison, figures, drawer(svgs, encodeURIComponent(files)), linksFrom(dirname(page))),
  };
}

function pagePath(views: readonly RunView[], out: string | undefined): string {
  if (out !== undefined) {
    if (!/\.html?$/i.test(out)) {
      throw new MixnasError('bad-usage', `The report is an HTML page: ${out} does not end in .html.`);
    }
    return resolve(out);
  }
  const [only] = views;
  return views.length === 1 && only
    ? join(only.folder, 'report.html')
    : resolve(`report-${views.map(({ name }) => name).join('-')}.html`);
}

/** A path as a person would type it here: relative where it lies beneath the working directory. */
function shownPath(path: string): string {
  const short = relative('.', path);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
}
