/**
 * Exit codes of commands on a device. Old phones report none through adb, and a connection that breaks looks like a
 * command that failed: so each script ends by printing its code behind a mark, and without the mark it did not end.
 */
const mark = 'mixnas-exit:';

/** A script that prints its exit code as its last line. */
export const withMark = (script: string) => `( ${script} ); echo "${mark}$?"`;

/** Output without the mark, and the code; undefined where the script did not come to its end. */
export function readMark(stdout: string): { readonly stdout: string; readonly code: number } | undefined {
  const at = stdout.lastIndexOf(mark);
  const code = /^(\d+)\s*$/.exec(at < 0 ? '' : stdout.slice(at + mark.length));
  return code === null ? undefined : { stdout: stdout.slice(0, at), code: Number(code[1]) };
}
