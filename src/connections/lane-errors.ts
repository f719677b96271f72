import { type ClusterRegion, regionText } from '../atlas/clusters.js';
import { CliError, hintLine, InterruptedError, isFailure } from '../base/errors.js';
import { grouped, listed } from '../base/lists.js';
import { cmd, option } from '../base/shell.js';
import type { Context } from '../endpoints/context.js';
import type { Io } from '../ui/io.js';

/* The errors of regions in which a command does the same at the same time. */

/** What became of a region. */
interface End {
  place: ClusterRegion;
  error?: CliError | undefined;
}

interface Refusing {
  undone: string;
  /** What the command does: `connect`. */
  verb: string;
  /** The regions where it could do so, and what its command line needs for these alone. */
  others: readonly ClusterRegion[];
  more?: readonly string[];
  /** Whether --region was given. */
  isNarrowed: boolean;
}

/** Throws if a region of several is refused, with the command for the others. Prints a line for each. */
export function checkRefused(
  context: Context,
  ends: readonly End[],
  { undone, verb, others, more = [], isNarrowed }: Refusing,
): void {
  const refused = ends.flatMap(({ place, error }) => (error ? [{ place, error }] : []));
  const worst = worstOf(refused.map(({ error }) => error));
  if (!worst) return;
  if (worst instanceof InterruptedError) throw worst;
  if (ends[0] && ends.length === 1) throw worst.about(regionText(ends[0].place));
  warnOfFailed(context.io, ends);
  const [provider, ...clouds] = new Set(others.map((place) => place.provider.toLowerCase()));
  const isOneCloud = clouds.length === 0 && !refused.some(({ place }) => place.provider.toLowerCase() === provider);
  const regions = others.map(({ region }) => region).join(',');
  const command =
    isOneCloud && !isNarrowed
      ? context.settings.again(cmd`${option('--provider', provider)} ${more}`)
      : context.settings.again(cmd`${option('--region', regions)} ${more}`, '--region');
  const which =
    refused.length < ends.length ? `${refused.length} of the ${ends.length} regions cannot` : 'no region can';
  throw new CliError(worst.exit, `${undone}: ${which} be ${verb}ed.`, {
    hint: others.length > 0 ? { text: `To ${verb} only the others:`, commands: [command] } : undefined,
    cause: worst,
  });
}

/** Throws if the user interrupted the command: what `exists` says of each region, and the command that continues. */
export function checkInterrupted<E extends End>(
  { io, settings }: Context,
  ends: readonly E[],
  exists: (end: E) => string,
  later?: CliError,
): void {
  const stopped = [later, ...ends.map(({ error }) => error)].find((error) => error instanceof InterruptedError);
  if (!stopped) return;
  warnOfFailed(io, ends);
  const others = ends.filter(({ error }) => !isFailure(error));
  const texts = others.map((end) => ({ place: end.place, text: end.error?.hint?.text ?? exists(end) }));
  const hint = { text: `${linesByText(texts).join(' ')} To continue:`.trim(), commands: [settings.again(cmd``)] };
  throw stopped.withHint(hint);
}

/** A line for each failure: the regions, the reason, what is left there, and what to do. */
function warnOfFailed(io: Pick<Io, 'warn'>, ends: readonly End[]): void {
  const texts = ends.flatMap(({ place, error }) =>
    isFailure(error) ? { place, text: `${error.message} ${error.hint ? hintLine(error.hint) : ''}` } : [],
  );
  for (const line of linesByText(texts)) io.warn(line);
}

/** A line for each text, after the regions that it is about. */
function linesByText(all: readonly { place: ClusterRegion; text: string }[]): string[] {
  const known = all.filter(({ text }) => text.trim() !== '');
  return grouped(known, ({ text }) => text).map((same) => {
    return `${listed(same.map(({ place }) => regionText(place)))}: ${same[0].text.trim()}`;
  });
}

/** Throws the worst error with one command that continues, after a line for each region that failed. */
export function checkFailed(
  { io, settings }: Context,
  ends: readonly End[],
  what: (regions: readonly string[]) => string,
): void {
  const failed = ends.flatMap(({ place, error }) => (error ? [{ where: regionText(place), error }] : []));
  const worst = worstOf(failed.map(({ error }) => error));
  if (!worst) return;
  warnOfFailed(io, ends);
  const hint = { text: 'To continue:', commands: [settings.again(cmd``)] };
  throw new CliError(worst.exit, what(failed.map(({ where }) => where)), { hint, cause: worst });
}

/** The worst error. An interruption is worse than any: it stops all regions. A failure is final, so a time-out comes last. */
function worstOf(errors: readonly CliError[]): CliError | undefined {
  const rank = (error: CliError) => (error instanceof InterruptedError ? 0 : error.exitCode);
  return errors.toSorted((a, b) => rank(a) - rank(b))[0];
}
