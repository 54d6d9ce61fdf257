/** What decoding many images lost, in a sentence a kind. */
import { formatInteger } from '../../../base/index.js';
import type { Channels } from '../image-set.js';
import type { ImageFacts } from './target.js';

/** Files named in a sentence. */
const named = 3;

/** Files of which one thing is to be said. */
export class Mentions {
  count = 0;
  private readonly first: string[] = [];

  add(name: string): void {
    this.count++;
    if (this.first.length < named) this.first.push(name);
  }

  /** `12 images are (a.png, b.png, c.png, ...)`; nothing where there are none. */
  sentence(say: (images: string, one: boolean) => string): string[] {
    if (this.count === 0) return [];
    const one = this.count === 1;
    const more = this.count > this.first.length ? ', ...' : '';
    const images = `${formatInteger(this.count)} image${one ? '' : 's'}`;
    return [`${say(images, one)} (${this.first.join(', ')}${more}).`];
  }
}

/** Images of one type of value, and the range of all of them. */
interface Deep {
  readonly mentions: Mentions;
  least: number;
  most: number;
}

const number = (value: number) =>
  Number.isInteger(value) ? formatInteger(value) : String(Number(value.toPrecision(4)));

/** Collects facts of images as they are decoded. */
export class DecodeNotes {
  /** Whether all images so far are plain. */
  plain = true;
  private readonly alpha = new Mentions();
  private readonly opaque = new Mentions();
  private readonly pages = new Mentions();
  private readonly constant = new Mentions();
  private readonly deep = new Map<string, Deep>();
  private readonly target: { readonly channels: Channels; readonly white?: number | undefined };

  constructor(target: { readonly channels: Channels; readonly white?: number | undefined }) {
    this.target = target;
  }

  add(name: string, { alpha, pages, constant, plain, deep }: ImageFacts): void {
    this.plain &&= plain;
    (alpha ? this.alpha : this.opaque).add(name);
    if (pages > 1) this.pages.add(name);
    if (constant) this.constant.add(name);
    if (!deep) return;
    const known = this.deep.get(deep.type) ?? {
      mentions: new Mentions(),
      least: deep.least,
      most: deep.most,
    };
    known.mentions.add(name);
    known.least = Math.min(known.least, deep.least);
    known.most = Math.max(known.most, deep.most);
    this.deep.set(deep.type, known);
  }

  /** One sentence a kind, without those of which there is nothing to say. */
  sentences(): string[] {
    const { channels } = this.target;
    const has = (one: boolean) => (one ? 'has' : 'have');
    return [
      ...(channels === 4
        ? this.opaque.sentence((images, one) => `${images} ${has(one)} no fourth channel, which is 255 there`)
        : this.alpha.sentence(
            (images, one) => `${images} ${has(one)} transparency, and ${one ? 'is' : 'are'} laid on white`,
          )),
      ...this.pages.sentence(
        (images, one) => `${images} ${has(one)} several pages or frames: the first is taken`,
      ),
      ...[...this.deep].flatMap(([type, deep]) =>
        deep.mentions.sentence((images, one) => this.deepText(type, deep, images, one)),
      ),
      ...this.constant.sentence(
        (images, one) =>
          `${images} ${one ? 'is' : 'are'} of one colour throughout: nothing can be learnt from ${one ? 'it' : 'them'}`,
      ),
    ];
  }

  private deepText(type: string, { least, most }: Deep, images: string, one: boolean): string {
    const { white } = this.target;
    const range = `values from ${number(least)} to ${number(most)}`;
    const kind = type === 'ushort' ? '16 bits' : `type ${type}`;
    if (white !== undefined) {
      const clipped = most > white || least < 0 ? ', and what is outside is clipped' : '';
      return `${images} of ${kind}: 0 to ${number(white)} become 0 to 255 (${range}${clipped})`;
    }
    if (type !== 'ushort') {
      return `${images} of ${kind}: 0 to ${type === 'float' || type === 'double' ? 1 : 255} become 0 to 255 (${range})`;
    }
    const levels = Math.floor(most / 256) + 1;
    const few =
      levels <= 64
        ? `: only ${levels} of 256 levels are left; set dataset.white: ${2 ** Math.ceil(Math.log2(most + 1)) - 1}`
        : '';
    return `${images} of ${kind} ${one ? 'is' : 'are'} brought to 8 (${range})${few}`;
  }
}
