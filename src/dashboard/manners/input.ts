/**
 * What is typed, without what the terminal answers by itself: ink takes an answer letter by letter for keys, and an
 * answer about the background holds an `e`, which exports.
 */
import { PassThrough } from 'node:stream';

/** An answer that a terminal gives to an OSC question, ended by BEL or ST; to one for pictures; or what it says it is. */
const answer =
  // oxlint-disable-next-line no-control-regex
  /\u001b(?:(\]\d{1,4};[^\u0007\u001b]{0,200})(?:\u0007|\u001b\\)|(_G[^\u0007\u001b]{0,200})\u001b\\|(\[\?[\d;]{0,64}c))/g;
/** The beginning of one. */
const begun =
  // oxlint-disable-next-line no-control-regex
  /\u001b(?:\](?:\d{0,4}(?:;[^\u0007\u001b]{0,200}\u001b?)?)?|_(?:G(?:[^\u0007\u001b]{0,200}\u001b?)?)?|\[(?:\?[\d;]{0,64})?)?$/;
/** Escape alone is a key: an answer's next piece comes sooner. */
const waitMs = 20;

export class TypedInput extends PassThrough {
  readonly isTTY = true;
  #rest = '';
  #timer: NodeJS.Timeout | undefined;
  readonly #take = (chunk: Buffer | string): void => this.#feed(chunk);

  constructor(
    private readonly terminal: NodeJS.ReadStream,
    private readonly onAnswer: (text: string) => void,
  ) {
    super();
    terminal.on('data', this.#take);
    // After a pause, as that of a suspended dashboard, a listener alone does not start it again.
    terminal.resume();
  }

  /** Takes no more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.terminal.off('data', this.#take);
    this.terminal.pause();
  }

  #feed(chunk: Buffer | string): void {
    clearTimeout(this.#timer);
    // One character a byte, so that a letter of several bytes may be cut anywhere.
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    const text = (this.#rest + bytes.toString('latin1')).replaceAll(
      answer,
      (_, ...bodies: (string | undefined)[]) => {
        this.onAnswer(bodies.slice(0, 3).find((body) => body !== undefined) ?? '');
        return '';
      },
    );
    const at = text === '\u001b' ? -1 : (begun.exec(text)?.index ?? -1);
    this.#rest = at < 0 ? '' : text.slice(at);
    this.#pass(at < 0 ? text : text.slice(0, at));
    if (this.#rest !== '') this.#timer = setTimeout(() => this.#flush(), waitMs);
  }

  /** What began like an answer, and was none. */
  #flush(): void {
    const rest = this.#rest;
    this.#rest = '';
    this.#pass(rest);
  }

  #pass(text: string): void {
    if (text !== '') this.write(Buffer.from(text, 'latin1'));
  }

  setRawMode(on: boolean): this {
    this.terminal.setRawMode(on);
    return this;
  }

  ref(): this {
    this.terminal.ref();
    return this;
  }

  unref(): this {
    this.terminal.unref();
    return this;
  }
}
