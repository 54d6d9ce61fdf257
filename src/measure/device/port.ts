/** A phone or board that networks are measured on: the one way in which `adb` and `ssh` are driven. */
import { MixnasError } from '../../base/index.js';

/** How a command ended on the device. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface DevicePort {
  /** For messages: `phone R58M12`, `board pi@raspberrypi`. */
  readonly name: string;
  /** A folder of the device in which we may write and run programs. */
  readonly folder: string;
  /** Whether the device answers now. @throws MixnasError where that needs the user: not allowed, no such program. */
  isThere(signal?: AbortSignal): Promise<boolean>;
  /**
   * Runs a script in the device's POSIX shell. What in it is not ours has gone through `shellWord`.
   * @throws DeviceLost when the connection broke, MixnasError for every other fault of the connection.
   */
  shell(script: string, options?: RunOptions): Promise<Ran>;
  /** Copies a file. @throws as `shell`, and MixnasError `no-space` when the device is full. */
  push(local: string, remote: string, options?: RunOptions): Promise<void>;
}

/** The connection broke: the device may come back. */
export class DeviceLost extends MixnasError {}
