/** Which choices matter, as bars next to what chance alone gives. */
import type { Importance } from '../../runs/index.js';
import { type Plot, chart, frameOf } from './chart.js';
import { boxes, rules, texts } from './marks.js';
import { linear } from './scale.js';
import { textWidth } from './theme.js';

const mostBars = 15;

/** The most important choices, largest first. */
export function importancePlot(found: Importance & { state: 'found' }): Plot {
  const genes = found.genes.slice(0, mostBars);
  const left = 28 + Math.max(...genes.map(({ gene }) => textWidth(gene, 11)));
  const frame = frameOf(760, 150 + genes.length * 24, { top: 92, left, right: 60 });
  const most = Math.max(found.chance, ...genes.map(({ importance }) => importance)) * 100;
  const x = linear([0, most * 1.08 || 1], frame.width, false);
  const step = frame.height / genes.length;
  const chance = x.pixel(found.chance * 100);
  const clear = genes.filter(({ importance }) => importance > found.chance).length;
  return chart({
    name: 'importance',
    title: 'Which choices matter for accuracy',
    subtitle: [
      `random forest over ${found.trials} trials; explains ${Math.round(found.explained * 100)} % of the variance in trials it has not seen`,
    ],
    description: `Rise of the squared error when a choice is shuffled. ${clear} of ${found.genes.length} choices stand out from chance (${(found.chance * 100).toFixed(1)} %). ${genes.map(({ gene, importance }) => `${gene} ${(importance * 100).toFixed(1)} %`).join(', ')}.`,
    frame,
    x: { scale: x, title: 'Error added by shuffling the choice (% of the accuracy’s variance)' },
    marks: [
      boxes(
        genes.map(({ gene, importance }, i) => ({
          x: 0,
          x2: Math.max(0, x.pixel(importance * 100)),
          y: i * step + 4,
          y2: (i + 1) * step - 4,
          role: importance > found.chance ? 'front' : 'faint',
          opacity: importance > found.chance ? 1 : 0.6,
          tip: `${gene}; ${(importance * 100).toFixed(1)} % of the variance; ${importance > found.chance ? 'beyond' : 'within'} what chance gives`,
        })),
        { label: 'importance of choices' },
      ),
      texts(
        genes.map(({ gene }, i) => ({ x: -10, y: (i + 0.5) * step, text: gene })),
        { align: 'right' },
      ),
      texts(
        genes.map(({ importance }, i) => ({
          x: besideRule(Math.max(0, x.pixel(importance * 100)) + 6, chance),
          y: (i + 0.5) * step,
          text: (importance * 100).toFixed(1),
        })),
        { role: 'muted' },
      ),
      rules([{ x: chance, x2: chance, y: -4, y2: frame.height }], { role: 'limit', dash: [4, 3] }),
      texts([{ x: chance + 4, y: -10, text: 'the most that chance gave' }], { role: 'limit' }),
    ],
  });
}

/** Where a number begins that would else lie across the line at `rule`. */
const besideRule = (x: number, rule: number): number => (x < rule + 4 && x + 24 > rule ? rule + 5 : x);
