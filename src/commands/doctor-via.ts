import { parseDuration } from '../base/duration.js';
import { UsageError } from '../base/errors.js';
import { longName } from '../base/shell.js';
import type { OptionsOf } from '../command.js';
import { sendableString, stringCategory } from '../connections/doctor/given-string.js';
import { readPrefix } from '../connections/via/prefix.js';
import type { doctor } from './connections.js';

type Options = OptionsOf<typeof doctor>;

/** The other machine that --via names, and how long it may take. Undefined without --via. Throws usage errors. */
export function readVia({ via, executable, timeout, wait, ...others }: Options, hasCloud: boolean) {
  const [only] = Object.keys({ ...(executable && { executable }), ...(timeout && { timeout }) });
  if (via === undefined && only !== undefined)
    throw new UsageError(`${longName(only)} is only for --via.`, `Remove ${longName(only)}, or add --via.`);
  if (via === undefined) return undefined;
  if (hasCloud || others.client !== undefined) {
    const hint = 'Run doctor without --via to check the cloud account.';
    throw new UsageError('--via cannot be combined with --cloud and the options that imply it.', hint);
  }
  const timeoutMs = parseDuration(timeout ?? '2m') + (wait === undefined ? 0 : parseDuration(wait));
  return { prefix: readPrefix(via), executable, timeoutMs };
}

/** What is sent of a connection string, or the variable that has it there, with the category for its checks. */
export function sentString(text: string | undefined, variable: string | undefined) {
  if (variable !== undefined) return { job: { variable }, category: stringCategory([], true) };
  if (text === undefined) return undefined;
  const { user, ...string } = sendableString(text);
  return { job: { string }, category: stringCategory([], user !== undefined) };
}
