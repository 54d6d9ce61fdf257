/**
 * Reads the three kinds of line that a long journal is made of, straight from its bytes: JSON.parse and zod take six times
 * as long. It checks all that they would; what is not plainly right is left to them, who say why.
 */
import type { JournalLine } from './entries.js';
import { PlainReader } from './plain-reader.js';
import { isCount, isSaneTime, isSeconds, isTrial, isWorker } from './ranges.js';

/** A line that lacks a number has this instead, which is none of its range. */
const lacking = Number.NaN;

/** What stands between the values, as bytes. */
const keys = {
  begin: bytesOf('{"n":'),
  time: bytesOf(',"t":'),
  type: bytesOf(',"type":"'),
  ask: bytesOf('ask"'),
  tell: bytesOf('tell"'),
  report: bytesOf('report"'),
  next: bytesOf(',"'),
  id: bytesOf('id":'),
  genome: bytesOf('genome":'),
  known: bytesOf('known":'),
  origin: bytesOf('origin":'),
  parents: bytesOf('parents":'),
  state: bytesOf('state":'),
  reason: bytesOf('reason":'),
  fault: bytesOf('fault":"machine"'),
  estimate: bytesOf('estimate":'),
  values: bytesOf('values":'),
  seconds: bytesOf('seconds":'),
  worker: bytesOf('worker":'),
  curve: bytesOf('curve":'),
  step: bytesOf('step":'),
  steps: bytesOf('steps":'),
  loss: bytesOf('loss":'),
  accuracy: bytesOf('accuracy":'),
  sum: bytesOf('c":"'),
  end: bytesOf('"}\n'),
} as const;

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

const isEnd = (state: string | undefined): state is 'complete' | 'failed' | 'pruned' =>
  state === 'complete' || state === 'failed' || state === 'pruned';

/** One line after the other of a piece of a journal. */
export class PlainLines {
  readonly #reader = new PlainReader();
  /** The check sum that stands in the line that was read last. */
  sum = 0;
  /** Where the line that was read last ends: at its line end. */
  end = 0;

  /** @param text of `bytes`, a character each. */
  begin(bytes: Uint8Array, text: string): void {
    this.#reader.begin(bytes, text);
  }

  /** The line that begins at `at`; undefined where it is not plainly an `ask`, a `report` or a `tell`. */
  read(at: number): JournalLine | undefined {
    const reader = this.#reader;
    reader.at = at;
    reader.failed = false;
    if (!reader.takes(keys.begin)) return undefined;
    const n = reader.number();
    if (!reader.takes(keys.time)) return undefined;
    const t = reader.number();
    if (!isCount(n) || n === 0 || !isSaneTime(t) || !reader.takes(keys.type)) return undefined;
    if (reader.takes(keys.ask)) return this.#ask(n, t);
    if (reader.takes(keys.tell)) return this.#tell(n, t);
    return reader.takes(keys.report) ? this.#report(n, t) : undefined;
  }

  /** Whether the line ends here, with its check sum. */
  #ends(): boolean {
    const reader = this.#reader;
    if (!reader.takes(keys.sum)) return false;
    this.sum = reader.hex(8);
    if (!reader.takes(keys.end) || reader.failed) return false;
    this.end = reader.at - 1;
    return true;
  }

  #ask(n: number, t: number): JournalLine | undefined {
    const reader = this.#reader;
    let id = lacking;
    let [genome, origin]: (string | undefined)[] = [];
    let [known, parents]: (number[] | undefined)[] = [];
    while (reader.takes(keys.next)) {
      if (reader.takes(keys.id)) id = reader.number();
      else if (reader.takes(keys.genome)) genome = reader.string();
      else if (reader.takes(keys.known)) known = reader.numbers();
      else if (reader.takes(keys.origin)) origin = reader.word();
      else if (reader.takes(keys.parents)) parents = reader.numbers();
      else {
        if (!this.#ends() || !isTrial(id) || parents?.every(isTrial) === false) return undefined;
        if (genome === undefined || known === undefined || origin === undefined) return undefined;
        return { n, t, type: 'ask', id, genome, known, parents, origin };
      }
    }
    return undefined;
  }

  #tell(n: number, t: number): JournalLine | undefined {
    const reader = this.#reader;
    let [id, seconds] = [lacking, lacking];
    let [values, estimate]: (Record<string, number> | undefined)[] = [];
    let [state, curve, reason]: (string | undefined)[] = [];
    let worker: number | undefined;
    let fault: 'machine' | undefined;
    while (reader.takes(keys.next)) {
      if (reader.takes(keys.id)) id = reader.number();
      else if (reader.takes(keys.state)) state = reader.word();
      else if (reader.takes(keys.values)) values = reader.record();
      else if (reader.takes(keys.seconds)) seconds = reader.number();
      else if (reader.takes(keys.worker)) worker = reader.number();
      else if (reader.takes(keys.curve)) curve = reader.string();
      else if (reader.takes(keys.reason)) reason = reader.word();
      else if (reader.takes(keys.estimate)) estimate = reader.record();
      else if (reader.takes(keys.fault)) fault = 'machine';
      else {
        if (!this.#ends() || !isTrial(id) || !isSeconds(seconds) || !isEnd(state)) return undefined;
        if (worker !== undefined && !isWorker(worker)) return undefined;
        return { n, t, type: 'tell', id, state, values, reason, fault, estimate, seconds, worker, curve };
      }
    }
    return undefined;
  }

  #report(n: number, t: number): JournalLine | undefined {
    const reader = this.#reader;
    let [id, worker, step, steps] = [lacking, lacking, lacking, lacking];
    let [loss, accuracy]: (number | undefined)[] = [];
    while (reader.takes(keys.next)) {
      if (reader.takes(keys.id)) id = reader.number();
      else if (reader.takes(keys.worker)) worker = reader.number();
      else if (reader.takes(keys.step)) step = reader.number();
      else if (reader.takes(keys.steps)) steps = reader.number();
      else if (reader.takes(keys.loss)) loss = reader.number();
      else if (reader.takes(keys.accuracy)) accuracy = reader.number();
      else {
        const isWhole = this.#ends() && isTrial(id) && isWorker(worker) && isCount(step) && isCount(steps);
        return isWhole ? { n, t, type: 'report', id, worker, step, steps, loss, accuracy } : undefined;
      }
    }
    return undefined;
  }
}
