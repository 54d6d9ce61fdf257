/** Numbers as measurement tools write them: decimal, with a point. What else `Number` would read is none. */

const decimal = /^[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?$/;
/** `12,5`, `0,125` or `1.234,5`: with a comma before the fraction, as in most of Europe. */
const withComma = /^[-+]?(?:\d+|\d{1,3}(?:\.\d{3})+),\d+(?:[eE][-+]?\d+)?$/;
/** `1,234` is 1.234 in Berlin and 1234 in Boston. */
const ambiguous = /^[-+]?[1-9]\d{0,2},\d{3}$/;

/** The value of a text; undefined where it is not a finite decimal number (`0x14`, `12,5`, `1 000`, '', NaN). */
export function decimalOf(text: string): number | undefined {
  if (!decimal.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** Digits behind the decimal point, or comma. */
export const decimalsOf = (text: string): number => /[.,](\d+)/.exec(text)?.[1]?.length ?? 0;

/** Whether a text is a number with a decimal comma, or might be one. */
export const hasDecimalComma = (text: string): boolean => withComma.test(text);

/**
 * Numbers of one file that may have decimal commas, as spreadsheets of many countries write them. Where a comma or a
 * point could also separate thousands, there is no figure but the reason.
 */
export class FileDecimals {
  #commas = false;
  #points = false;

  /** The value, or what is wrong with the text. */
  read(text: string, commas: boolean): number | string {
    const plain = decimalOf(text);
    if (plain !== undefined) {
      this.#points ||= text.includes('.');
      return this.#commas && this.#points ? this.#mixed(text) : plain;
    }
    if (!withComma.test(text)) return `is "${text}", not a number`;
    if (!commas) return `is "${text}": write it with a decimal point`;
    if (ambiguous.test(text))
      return `is "${text}", which may be a fraction or thousands: write it with a decimal point`;
    this.#commas = true;
    return this.#points ? this.#mixed(text) : Number(text.replaceAll('.', '').replace(',', '.'));
  }

  #mixed(text: string): string {
    return `is "${text}", but other numbers of the file have a decimal ${text.includes(',') ? 'point' : 'comma'}`;
  }
}
