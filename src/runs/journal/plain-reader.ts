/** Reads parts of JSON from bytes, as far as they are written plainly; anything else is a failure, not an error. */

const quote = 34;
const minus = 45;
const dot = 46;
const zero = 48;
/** A small `e`; a capital one is 32 less. */
const exponent = 101;
/** So many digits fit into a small integer. */
const shortDigits = 9;
const nine = 57;
const backslash = 92;
const firstPrintable = 32;
/** The highest bit of each of four bytes. */
const highBits = 0x80808080 | 0;
/** A number of so many digits is exact, and so is a power of ten up to the 22nd: their quotient is rounded once. */
const exactDigits = 15;
const powers = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
/** Words that come again in every line are kept once; a journal has a handful. */
const mostWords = 64;

const byteOf = (character: string): number => character.charCodeAt(0);
const isDigit = (byte: number): boolean => byte >= zero && byte <= nine;

export class PlainReader {
  at = 0;
  /** Whether something since the beginning of the line was not plain. */
  failed = false;
  #bytes: Uint8Array = new Uint8Array();
  #view: DataView = new DataView(new ArrayBuffer(0));
  #text = '';
  /** Whether there is an escape anywhere: then no text is read here. */
  #hasEscapes = false;
  readonly #words = new Map<string, string>();

  /** @param text of `bytes`, a character each. */
  begin(bytes: Uint8Array, text: string): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#text = text;
    this.#hasEscapes = bytes.includes(backslash);
  }

  /** Passes over these bytes, if they come next. */
  takes(bytes: Uint8Array): boolean {
    const { at } = this;
    for (let i = 0; i < bytes.length; i++) if (this.#bytes[at + i] !== bytes[i]) return false;
    this.at = at + bytes.length;
    return true;
  }

  /** Passes over one byte, if it comes next. */
  takesByte(byte: number): boolean {
    if (this.#bytes[this.at] !== byte) return false;
    this.at++;
    return true;
  }

  #fail(): number {
    this.failed = true;
    return Number.NaN;
  }

  /** A finite number, as JSON writes it. */
  number(): number {
    const bytes = this.#bytes;
    const from = this.at;
    let at = from;
    let byte = bytes[at] as number;
    // Most are whole and short.
    let whole = 0;
    for (; isDigit(byte) && at < from + shortDigits; byte = bytes[++at] as number) {
      whole = (whole * 10 + (byte - zero)) | 0;
    }
    const isShort = at > from && !isDigit(byte) && (at === from + 1 || bytes[from] !== zero);
    if (isShort && byte !== dot && (byte | 32) !== exponent) {
      this.at = at;
      return whole;
    }
    return this.#anyNumber();
  }

  #anyNumber(): number {
    const bytes = this.#bytes;
    const from = this.at;
    const isNegative = bytes[from] === minus;
    let at = isNegative ? from + 1 : from;
    const first = at;
    let value = 0;
    let byte = bytes[at] as number;
    for (; isDigit(byte); byte = bytes[++at] as number) value = value * 10 + (byte - zero);
    let digits = at - first;
    if (digits === 0 || (digits > 1 && bytes[first] === zero)) return this.#fail();
    let fraction = 0;
    if (byte === dot) {
      byte = bytes[++at] as number;
      const begin = at;
      for (; isDigit(byte); byte = bytes[++at] as number) value = value * 10 + (byte - zero);
      fraction = at - begin;
      digits += fraction;
      if (fraction === 0) return this.#fail();
    }
    if ((byte | 32) === exponent) return this.#exponent(from, at);
    this.at = at;
    if (digits > exactDigits) return this.#slow(from, at);
    if (fraction > 0) value /= powers[fraction] as number;
    return isNegative ? -value : value;
  }

  #slow(from: number, to: number): number {
    const value = Number(this.#text.slice(from, to));
    return Number.isFinite(value) ? value : this.#fail();
  }

  /** The rest of a number, from its `e` on. */
  #exponent(from: number, e: number): number {
    const bytes = this.#bytes;
    let at = e + 1;
    if (bytes[at] === minus || bytes[at] === 43) at++;
    const first = at;
    while (isDigit(bytes[at] as number)) at++;
    if (at === first) return this.#fail();
    this.at = at;
    return this.#slow(from, at);
  }

  /** A text without escapes and of ASCII. */
  string(): string {
    const from = this.at + 1;
    const to = this.#text.indexOf('"', from);
    if (this.#bytes[from - 1] !== quote || to < 0 || !this.#isPlain(from, to)) return this.#noText();
    this.at = to + 1;
    return this.#text.slice(from, to);
  }

  /** Whether these bytes are printable ASCII, four at a time. */
  #isPlain(from: number, to: number): boolean {
    if (this.#hasEscapes) return false;
    let at = from;
    for (; at + 4 <= to; at += 4) {
      const four = this.#view.getInt32(at);
      // Below 32 a byte borrows from its highest bit; from 128 on it has it.
      if (((four | ((four - 0x20202020) & ~four)) & highBits) !== 0) return false;
    }
    for (; at < to; at++) {
      const byte = this.#bytes[at] as number;
      if (byte < firstPrintable || byte >= 128) return false;
    }
    return true;
  }

  #noText(): string {
    this.failed = true;
    return '';
  }

  /** One of few texts, each of which is kept once. */
  word(): string {
    const text = this.string();
    const known = this.#words.get(text);
    if (known !== undefined) return known;
    // A copy: a piece of a long text would keep all of it.
    const own = Buffer.from(text, 'latin1').toString('latin1');
    if (this.#words.size < mostWords) this.#words.set(own, own);
    return own;
  }

  /** A list of finite numbers. */
  numbers(): number[] {
    const list: number[] = [];
    if (!this.takesByte(byteOf('['))) this.#fail();
    else if (!this.takesByte(byteOf(']'))) {
      do list.push(this.number());
      while (!this.failed && this.takesByte(byteOf(',')));
      if (!this.takesByte(byteOf(']'))) this.#fail();
    }
    return list;
  }

  /** Finite numbers by name. */
  record(): Record<string, number> {
    const record: Record<string, number> = {};
    if (!this.takesByte(byteOf('{'))) this.#fail();
    else if (!this.takesByte(byteOf('}'))) {
      do {
        const name = this.word();
        // A name that an object understands otherwise than JSON does.
        if (name === '__proto__' || !this.takesByte(byteOf(':'))) this.#fail();
        else record[name] = this.number();
      } while (!this.failed && this.takesByte(byteOf(',')));
      if (!this.takesByte(byteOf('}'))) this.#fail();
    }
    return record;
  }

  /** A number of so many hexadecimal digits. */
  hex(digits: number): number {
    let value = 0;
    for (let i = 0; i < digits; i++) {
      const byte = this.#bytes[this.at + i] as number;
      if (isDigit(byte)) value = value * 16 + (byte - zero);
      else if (byte >= 97 && byte <= 102) value = value * 16 + (byte - 87);
      else return this.#fail();
    }
    this.at += digits;
    return value;
  }
}
