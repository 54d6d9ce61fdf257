/** What the trials say about the space: what matters, trade-offs as lines, and kernels by depth. */
import { messageOf } from '../../base/index.js';
import { type Block, type Line, span, wrapText } from '../draw/block.js';
import { selectedRow, step, stopsBy } from '../model/selection.js';
import { trialSheet } from '../model/sheets.js';
import { scrolled, scrolledTo } from '../screens/cursor.js';
import type { DrawContext, Screen } from '../screens/screen.js';
import { trialLine } from '../screens/summary.js';
import { findTrials, markSelected, openCandidate } from '../screens/trial-keys.js';
import { depthBlock } from './depth.js';
import { importanceBlock, isWorking } from './importance.js';
import { parallelBlock } from './parallel.js';
import { type InsightView, insightViews } from './views.js';

/** Everything there is to scroll through; undefined where the view fits itself to the screen. */
function content({ model, ui, width }: DrawContext): Block | undefined {
  if (ui.insight === 'parallel') return undefined;
  try {
    return ui.insight === 'depth' ? depthBlock(model, width) : importanceBlock(model, width);
  } catch (error) {
    return wrapText(messageOf(error), width).map((part): Line => [span(part, 'bad')]);
  }
}

export const insightScreen: Screen = {
  id: 'insight',
  title: 'Insight',
  unfinished: ({ model, ui }) => ui.insight === 'importance' && isWorking(model),
  draw(context) {
    const { model, ui, width, height } = context;
    const lines = content(context);
    if (lines) return scrolled(lines, ui.scroll, width, height);
    const row = selectedRow(model, ui);
    return [
      ...parallelBlock(context, width, height - 1),
      row === undefined ? [] : trialLine(model, row, width),
    ];
  },
  act(action, context) {
    const { model, ui, height } = context;
    const lines = content(context);
    const scroll = lines && scrolledTo(action, ui.scroll, lines.length, height);
    if (scroll !== undefined) return { scroll };
    const row = selectedRow(model, ui);
    const move = (by: number) => {
      const to = step(stopsBy(model, 'accuracy', false), row, by, model.table.column('accuracy'));
      return to === undefined ? undefined : { selected: model.row(to).id };
    };
    switch (action) {
      case 'next-view':
        return {
          insight: insightViews[(insightViews.indexOf(ui.insight) + 1) % insightViews.length] as InsightView,
          scroll: 0,
        };
      case 'up':
      case 'right':
        return move(1);
      case 'down':
      case 'left':
        return move(-1);
      case 'open':
        return openCandidate(row, context);
      case 'mark':
        return markSelected(row, context);
      case 'filter':
        return findTrials(context);
      case 'back':
        return { screen: ui.previous };
      default:
        return undefined;
    }
  },
  sheet: ({ model }) => trialSheet(model, model.table.front()),
};
