import type { Atlas } from '../atlas/client.js';
import type { Clock } from '../base/clock.js';
import type { Words } from '../base/shell.js';
import type { OpenedSettings } from '../config/open-settings.js';
import type { SignIn } from '../config/precedence.js';
import type { RequestLimits } from '../http/ask.js';
import type { Io } from '../ui/io.js';

/** What a command works with, besides its options. A function declares which of these it needs. */
export interface Context {
  io: Io;
  settings: Settings;
  /** The Atlas API, signed in with the profile in use; or as somebody else, and then nothing is cached. */
  atlas(as?: SignIn): Promise<Atlas>;
  clock: Clock;
  /** Milliseconds until the command's --timeout, which starts with the command; infinite without one. */
  remainingMs(): number;
  /** Aborts on an interrupt, if the built-in sandbox can't go on, and at the end. The reason is the error to throw. */
  signal: AbortSignal;
}

/** What the command line, the environment and the configuration say. What is slow is a function. */
export interface Settings extends OpenedSettings {
  baseUrl(): Promise<string>;
  /** The id of the project in use. If it is not known yet, this sends requests, within the limits of the first caller. */
  projectId(limits?: RequestLimits): Promise<string>;
  /** The same, but undefined if that would require a question or a list of projects. */
  usualProject(limits?: RequestLimits): Promise<string | undefined>;
  /** A command line with the same project and profile options as this one. */
  commandLine(command: Words): string;
  /** This command line with more options. `without`: options to leave out, with their values. */
  again(more: Words, ...without: string[]): string;
  isVerbose: boolean;
}
