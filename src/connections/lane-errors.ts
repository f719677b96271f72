import { regionText } from '../atlas/clusters.js';
import { CliError, hintLine, InterruptedError, isFailure } from '../base/errors.js';
import { grouped, listed } from '../base/lists.js';
import { cmd, longName, option } from '../base/shell.js';
import { foreignOptions } from '../clouds/access.js';
import type { CloudOptions } from '../clouds/cloud.js';
import type { Context } from '../endpoints/context.js';
import type { LaneEnd } from './lanes.js';

/* The errors of regions in which a command does the same at the same time. */

interface Refusing {
  undone: string;
  /** What the command does: `connect`. */
  verb: string;
  /** The regions where it could do so, and what its command line needs for these alone. */
  others: readonly LaneEnd['place'][];
  more?: readonly string[];
  /** The options that it lacks, or that `more` gives. */
  without?: readonly string[];
}

/** Throws if a region of several is refused, with the command for the others. Prints a line for each. */
export function checkRefused(
  context: Context,
  options: CloudOptions,
  ends: readonly LaneEnd[],
  { undone, verb, others, more = [], without = [] }: Refusing,
): void {
  const worst = worstOf(ends);
  if (!worst) return;
  if (worst instanceof InterruptedError) throw worst;
  if (ends[0] && ends.length === 1) throw worst.about(regionText(ends[0].place));
  warnOfFailed(context, ends);
  const refused = ends.filter(({ error }) => error).length;
  const which = refused < ends.length ? `${refused} of the ${ends.length} regions cannot` : 'no region can';
  const words = cmd`${option('--region', others.map(({ region }) => region).join(','))} ${more}`;
  const providers = others.map(({ provider }) => provider);
  const foreign = foreignOptions(providers, options).map(longName);
  const command = context.settings.again(words, '--region', ...foreign, ...without);
  throw new CliError(worst.exit, `${undone}: ${which} be ${verb}ed.`, {
    hint: others.length > 0 ? { text: `To ${verb} only the others:`, commands: [command] } : undefined,
    cause: worst,
  });
}

/** Throws the worst error with one command that continues, after a line for each region that failed. */
export function checkFailed(
  context: Context,
  ends: readonly LaneEnd[],
  what: (regions: readonly string[]) => string,
): void {
  const worst = worstOf(ends);
  if (!worst) return;
  warnOfFailed(context, ends);
  const hint = { text: 'To continue:', commands: [context.settings.again(cmd``)] };
  if (worst instanceof InterruptedError) throw worst.withHint(hint);
  const failed = ends.filter(({ error }) => error).map(({ place }) => regionText(place));
  throw new CliError(worst.exit, what(failed), { hint, cause: worst });
}

/** The same if the user interrupted the command: then it prints nothing else. */
export function checkInterrupted(context: Context, ends: readonly LaneEnd[]): void {
  if (worstOf(ends) instanceof InterruptedError) checkFailed(context, ends, listed);
}

/** A line for each error: the regions, the reason, what is left there, and what to do. */
function warnOfFailed({ io }: Context, ends: readonly LaneEnd[]): void {
  const all = ends.flatMap(({ place, error }) => {
    const reason = isFailure(error) ? error.message : '';
    const text = `${reason} ${error?.hint ? hintLine(error.hint) : ''}`.trim();
    return text === '' ? [] : { where: regionText(place), text };
  });
  for (const same of grouped(all, ({ text }) => text))
    io.warn(`${listed(same.map(({ where }) => where))}: ${same[0].text}`);
}

/** The worst error. An interruption is worse than any: it stops all regions. A failure is final, so a time-out comes last. */
function worstOf(ends: readonly LaneEnd[]): CliError | undefined {
  const rank = (error: CliError) => (error instanceof InterruptedError ? 0 : error.exitCode);
  return ends.flatMap(({ error }) => error ?? []).toSorted((a, b) => rank(a) - rank(b))[0];
}
