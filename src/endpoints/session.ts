import type { Atlas } from '../atlas/client.js';
import type { Clock } from '../base/clock.js';
import type { Words } from '../base/shell.js';
import type { Resolved } from '../config/precedence.js';
import type { RequestLimits } from '../http/retries.js';
import type { Io } from '../ui/io.js';

/** The parts of a command's context that these modules use. Most functions declare only the parts they need. */
export interface Session {
  io: Io;
  clock: Clock;
  /** Random numbers from 0 to 1, for jitter. */
  random: () => number;
  /** Aborts on an interrupt, and if the built-in sandbox can't go on. The reason is the error to throw. */
  signal: AbortSignal;
  atlas(): Promise<Atlas>;
  baseUrl(): Promise<string>;
  /** The id of the project in use. If it is not known yet, this sends requests, within the limits of the first caller. */
  projectId(limits?: RequestLimits): Promise<string>;
  /** The same, but undefined if that would require a question or a list of projects. */
  usualProject(limits?: RequestLimits): Promise<string | undefined>;
  setting(name: 'project' | 'provider'): Promise<Resolved | null>;
  /** In the built-in sandbox, no hint may have a line of a cloud's CLI: it would act on a real account. */
  profile: { isSandbox: boolean };
  /** A command line with the same project and profile options as this one. */
  commandLine(command: Words): string;
  /** This command line with more options. */
  again(more: Words): string;
}
