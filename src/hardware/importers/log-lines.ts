/**
 * What a tool printed, out of the log that somebody kept of it: without the prefixes of adb logcat, of TensorFlow's
 * and Apple's loggers, and of quotations in mails and issues.
 */

/** One line as the tool printed it. */
export interface LogLine {
  readonly text: string;
  /** In the file, from 1. */
  readonly number: number;
  /** The process and tag that logged it, of a system's log; '' elsewhere. */
  readonly source: string;
}

const quotation = /^(?:\s*>)+ ?/;

/** The forms that `adb logcat -v` has, each with the process and tag: threadtime, time, brief, tag, process, long. */
const logcat: readonly RegExp[] = [
  /^\d\d(?:\d\d)?-\d\d(?:-\d\d)? [\d:.]+(?: [+-]\d{4})?\s+(?<pid>\d+)\s+\d+ [VDIWEF] (?<tag>.*?)\s*: ?/,
  /^\d\d(?:\d\d)?-\d\d(?:-\d\d)? [\d:.]+(?: [+-]\d{4})?\s+[VDIWEF]\/(?<tag>.*?)\s*\(\s*(?<pid>\d+)\): ?/,
  /^[VDIWEF]\/(?<tag>[^(]*?)\s*\(\s*(?<pid>\d+)(?::[^)]*)?\): ?/,
  /^[VDIWEF]\/(?<tag>[^(:]*?)\s*: ?/,
  /^[VDIWEF]\(\s*(?<pid>\d+)(?::[^)]*)?\) ?/,
];

/** Loggers that stand before each line, or before the first of a message. */
const loggers: readonly RegExp[] = [
  // TensorFlow: 2018-09-10 13:35:21.431: I tensorflow/core/util/stat_summarizer.cc:85]
  /^\d{4}-\d\d-\d\d [\d:.]+: [DIWEF] \S+:\d+\] ?/,
  // Google's: I0918 13:35:21.431683  1234 stats.cc:85]
  /^[DIWEF]\d{4} [\d:.]+\s+\d+ \S+:\d+\] ?/,
  // Apple's: 2020-10-28 14:41:14.151361+0800 TFLiteBenchmark[3921:935759]
  /^\d{4}-\d\d-\d\d [\d:.]+[+-]\d{4} \S+\[\d+:\d+\] ?/,
  /^(?:INFO|WARNING|ERROR|VERBOSE): ?/,
];

function withoutLogger(text: string): string {
  const logger = loggers.find((pattern) => pattern.test(text));
  return logger === undefined ? text : withoutLogger(text.replace(logger, ''));
}

/** Yields the lines of a log as the tool printed them. */
export function* logLines(lines: Iterable<string>): Generator<LogLine> {
  let number = 0;
  for (const raw of lines) {
    number++;
    let text = raw.replace(quotation, '');
    let source = '';
    const bare = text.trimStart();
    for (const pattern of logcat) {
      const match = pattern.exec(bare);
      if (match === null) continue;
      source = `${match.groups?.['pid'] ?? ''} ${match.groups?.['tag'] ?? ''}`;
      text = bare.slice(match[0].length);
      break;
    }
    const message = text.trimStart();
    const plain = withoutLogger(message);
    yield { text: plain === message ? text : plain, number, source };
  }
}
