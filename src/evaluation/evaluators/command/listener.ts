/** Listens to one evaluation of a program: its curve, its result, and what is wrong with its lines. */
import { formatBytes, formatInteger } from '../../../base/index.js';
import { CurveKeeper } from '../../curve-keeper.js';
import type { EvaluationProgress } from '../../evaluator.js';
import { mostLineBytes } from '../../programs/index.js';
import { type CommandAnswer, type LineParser, shown } from './lines.js';

/** Points of a curve, after which a program is ended: more are a program that has lost its way. */
const mostPoints = 1_000_000;

export interface ListenerHooks {
  readonly onProgress: (progress: EvaluationProgress) => void;
  /** There is no use in hearing more: the program is to be ended. */
  readonly stop: () => void;
  /** The result is there, or a line that is wrong. */
  readonly onSettled?: () => void;
}

export class Listener {
  readonly curve = new CurveKeeper();
  answer: CommandAnswer | undefined;
  /** What is wrong with the output. */
  wrong: string | undefined;
  /** Whether the program was ended for what is wrong. */
  ended = false;
  /** Lines that were not empty. */
  lines = 0;

  constructor(
    readonly steps: number,
    readonly parse: LineParser,
    readonly hooks: ListenerHooks,
  ) {}

  readonly take = (text: string): void => {
    const line = this.parse(text);
    if (line === undefined) return;
    this.lines++;
    if (line.type === 'wrong') this.#settle(() => (this.wrong ??= line.reason));
    else if (this.answer !== undefined) this.wrong ??= 'it wrote more after its result';
    else if (line.type === 'answer') this.#settle(() => (this.answer = line.answer));
    else if (this.curve.count >= mostPoints)
      this.#end(`it wrote more than ${formatInteger(mostPoints)} points of its curve`);
    else if (line.point === undefined) this.curve.skip();
    else if (this.curve.add(line.point)) this.hooks.onProgress({ steps: this.steps, ...line.point });
  };

  readonly takeTooLong = (beginning: string): void => {
    this.#end(`a line is longer than ${formatBytes(mostLineBytes)}; it begins with \`${shown(beginning)}\``);
  };

  #end(reason: string): void {
    if (this.ended) return;
    this.ended = true;
    this.wrong = reason;
    this.hooks.stop();
  }

  #settle(change: () => void): void {
    change();
    this.hooks.onSettled?.();
  }
}
