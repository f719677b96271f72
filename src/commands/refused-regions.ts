import { type ClusterRegion, regionText } from '../atlas/clusters.js';
import { CliError, hintText, InterruptedError } from '../base/errors.js';
import { grouped, listed } from '../base/lists.js';
import { cmd, option } from '../base/shell.js';
import { worstOf } from '../connections/lanes.js';
import type { Context } from '../context.js';

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
  ends: readonly { place: ClusterRegion; error?: CliError | undefined }[],
  { undone, verb, others, more = [], isNarrowed }: Refusing,
): void {
  const refused = ends.flatMap(({ place, error }) => (error ? [{ place, error }] : []));
  const worst = worstOf(refused.map(({ error }) => error));
  if (!worst) return;
  if (worst instanceof InterruptedError) throw worst;
  if (ends[0] && ends.length === 1) throw worst.about(regionText(ends[0].place));
  for (const same of grouped(refused, ({ error }) => error.message)) {
    const where = listed(same.map(({ place }) => regionText(place)));
    context.io.warn(`${where}: ${same[0].error.message} ${hintText(same[0].error.hint)}`.trim());
  }
  const [provider, ...clouds] = new Set(others.map((place) => place.provider.toLowerCase()));
  const isOneCloud = clouds.length === 0 && !refused.some(({ place }) => place.provider.toLowerCase() === provider);
  const regions = others.map(({ region }) => region).join(',');
  const command =
    isOneCloud && !isNarrowed
      ? context.settings.again(cmd`${option('--provider', provider)} ${more}`)
      : context.settings.again(cmd`${option('--region', regions)} ${more}`, '--region');
  const number = refused.length < ends.length ? `${refused.length} of the ${ends.length}` : `All ${ends.length}`;
  throw new CliError(worst.exit, `${undone}: ${number} regions cannot be ${verb}ed.`, {
    hint: others.length > 0 ? { text: `To ${verb} only the others:`, commands: [command] } : undefined,
    cause: worst,
  });
}
