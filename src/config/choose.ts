import { hintText, NotFoundError, UsageError } from '../base/errors.js';
import type { Env } from '../base/host.js';
import { mostListed } from '../base/lists.js';
import { cmd, type Words } from '../base/shell.js';
import { didYouMean } from '../base/suggest.js';
import { parseFormat, queryFormats } from '../ui/formats.js';
import type { AtlasCli } from './atlas-cli.js';
import { checked, fromEnv, type Origin, originText, type Resolved, resolved } from './precedence.js';
import { sandboxProfile, setting, variablesOf } from './settings.js';
import type { Content } from './store.js';

/** The profile in use. */
export type ChosenProfile = Awaited<ReturnType<typeof chooseProfile>>;

const official = 'MONGODB_ATLAS_PROFILE';

/**
 * Chooses the profile, strongest first: a flag, ATLAS_PE_PROFILE, MONGODB_ATLAS_PROFILE, `current` (the choice of
 * `profile use`), `default`. MONGODB_ATLAS_PROFILE may name a profile that doesn't exist, and never means the sandbox.
 */
export async function chooseProfile(
  { profile, sandbox }: { profile?: string | undefined; sandbox?: boolean | undefined },
  env: Env,
  current: () => Promise<string | undefined>,
) {
  if (sandbox && profile !== undefined && profile !== sandboxProfile)
    throw new UsageError(
      '--sandbox and --profile cannot be combined. The sandbox is a profile.',
      'Use only one of them.',
    );
  const flag = sandbox
    ? resolved(sandboxProfile, { kind: 'flag', name: '--sandbox' })
    : resolved(profile, { kind: 'flag', name: '--profile' });
  const { value = 'default', origin } =
    flag ??
    fromEnv(env, ['ATLAS_PE_PROFILE', ...(env[official] === sandboxProfile ? [] : [official])]) ??
    resolved(await current(), { kind: 'choice' }) ??
    {};
  const name = checkProfileName(value);
  const isBuiltIn = name === 'default' || name === sandboxProfile;
  const mayBeMissing = origin?.kind === 'environment' && origin.name === official;
  return {
    name,
    isSandbox: name === sandboxProfile,
    /** The user named it, so it is an error if it doesn't exist. */
    isNamed: !isBuiltIn && !mayBeMissing,
    /** What names it; undefined for a built-in profile. */
    origin: isBuiltIn ? undefined : origin,
  };
}

export function checkProfileName(name: string): string {
  // A name that begins with a dash would be read as an option, and one of dots looks like a folder.
  if (/^(?!\.+$)[\w.][\w.-]{0,63}$/.test(name) && name !== '__proto__') return name;
  throw new UsageError(
    `'${name}' is not a valid profile name.`,
    'Use up to 64 letters, digits, dots, dashes and underscores, with no dash at the start and not only dots.',
  );
}

/** Throws a not-found error if the profile is not built in, not ours and not in the Atlas CLI. `origin`: what names it. */
export async function checkProfileExists(name: string, { profiles }: Content, atlasCli: AtlasCli, origin?: Origin) {
  const known = ['default', sandboxProfile, ...Object.keys(profiles)];
  if (known.includes(name)) return;
  const all = [...new Set([...known, ...(await atlasCli.profiles())])];
  if (all.includes(name)) return;
  const from = origin ? ` (${originText(origin)})` : '';
  throw new NotFoundError(`Profile '${name}' not found${from}.`, didYouMean(name, all, mostListed));
}

interface FormatChoice {
  output?: string | undefined;
  json?: boolean | undefined;
  /** The option --query. Only some formats show its result. */
  query?: string | undefined;
  /** Formats that only this command supports. */
  own: readonly string[];
  env: Env;
  saved(): Promise<Resolved | undefined>;
  commandLine(command: Words): string;
}

/**
 * Chooses the output format, strongest first: --json or --output, the environment, the profile. With --query, JSON takes
 * the place of a table. Calls `saved` only if nothing stronger is set.
 */
export async function chooseFormat({
  output,
  json,
  query,
  own,
  env,
  saved,
  commandLine,
}: FormatChoice): Promise<string> {
  const given = output === undefined ? undefined : parseFormat(output, own);
  if (json && given !== undefined && given !== 'json')
    throw new UsageError(`--json and --output ${given} cannot be combined.`, 'Use only one of them.');
  const names: readonly (string | undefined)[] = queryFormats;
  if (query !== undefined && given !== undefined && !names.includes(given))
    throw new UsageError(`--query and --output ${given} cannot be combined.`, `Use one of: ${queryFormats.join(', ')}`);
  const { default: usual = '' } = setting('output');
  const fromSettings = async (): Promise<Resolved> =>
    fromEnv(env, variablesOf('output').ours) ?? (await saved()) ?? { value: usual, origin: { kind: 'default' } };
  const format = (json ? 'json' : given) ?? readFormat(await fromSettings(), commandLine);
  return query === undefined || names.includes(format) ? format : 'json';
}

/** Checks a format that doesn't come from the command line. It must be one that every command supports. */
function readFormat(found: Resolved, commandLine: FormatChoice['commandLine']): string {
  try {
    return checked('output', found).value;
  } catch (error) {
    if (!(error instanceof UsageError) || found.origin.kind !== 'profile') throw error;
    const correction = commandLine(cmd`config set output table --output table`);
    throw error.withHint({ text: `${hintText(error.hint)} To correct it:`, commands: [correction] });
  }
}
