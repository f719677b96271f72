import type { Atlas } from '../atlas/client.js';
import type { Clock } from '../base/clock.js';
import type { Effort } from '../base/effort.js';
import type { Words } from '../base/shell.js';
import type { Resolved } from '../config/precedence.js';
import type { Io } from '../ui/io.js';

/** What these rooms need of a command; its context has it. Most functions need a part of it and name that. */
export interface Session {
  io: Io;
  clock: Clock;
  /** Numbers from 0 to 1, for jitter. */
  random: () => number;
  /** Aborts, with the error to throw, when the user or the system wants an end. */
  signal: AbortSignal;
  atlas(): Promise<Atlas>;
  baseUrl(): Promise<string>;
  /** The id of the project in question; one given by name is looked up. */
  projectId(effort?: Effort): Promise<string>;
  setting(name: 'project'): Promise<Resolved | null>;
  /** A command line that means the same project and profile as this one. */
  commandLine(command: Words): string;
  /** This command line as it was typed, and more options. */
  again(more: Words): string;
}
