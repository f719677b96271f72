import { NotFoundError, UsageError } from '../base/errors.js';
import type { Env } from '../base/host.js';
import { mostListed } from '../base/listed.js';
import { didYouMean } from '../base/suggest.js';
import type { AtlasCli } from './atlas-cli.js';
import { type Origin, originText } from './origin.js';
import { strongest } from './precedence.js';
import { sandboxProfile } from './settings.js';

/** The profile that a command line means. */
export interface ChosenProfile {
  name: string;
  isSandbox: boolean;
  /** It was named, so that one that isn't there is an error. */
  isNamed: boolean;
  /** What names it; undefined of a built-in one. */
  origin: Origin | undefined;
}

const official = 'MONGODB_ATLAS_PROFILE';

/**
 * A flag, ATLAS_PE_PROFILE, MONGODB_ATLAS_PROFILE, what `profile use` chose (which is not read where one of the others
 * settles it), `default`. The official variable may name a profile that nobody has, and never means the sandbox.
 */
export async function chooseProfile(
  { profile, sandbox }: { profile?: string | undefined; sandbox?: boolean | undefined },
  env: Env,
  current: () => Promise<string | undefined>,
): Promise<ChosenProfile> {
  if (sandbox && profile !== undefined && profile !== sandboxProfile) {
    throw new UsageError(
      '--sandbox and --profile cannot be combined: the sandbox is a profile itself.',
      'Leave one of them out.',
    );
  }
  const flag = sandbox ? { value: sandboxProfile, name: '--sandbox' } : { value: profile, name: '--profile' };
  const { value = 'default', origin } =
    (await strongest({
      flag: flag.value === undefined ? undefined : { value: flag.value, origin: { kind: 'flag', name: flag.name } },
      env,
      variables: ['ATLAS_PE_PROFILE', ...(env[official] === sandboxProfile ? [] : [official])],
      kept: async () => {
        const chosen = await current();
        return chosen === undefined ? undefined : { value: chosen, origin: { kind: 'choice' } };
      },
    })) ?? {};
  const name = checkProfileName(value);
  const isBuiltIn = name === 'default' || name === sandboxProfile;
  const mayBeMissing = origin?.kind === 'environment' && origin.name === official;
  return {
    name,
    isSandbox: name === sandboxProfile,
    isNamed: !isBuiltIn && !mayBeMissing,
    origin: isBuiltIn ? undefined : origin,
  };
}

export function checkProfileName(name: string): string {
  if (/^[\w.-]{1,64}$/.test(name) && name !== '__proto__') return name;
  throw new UsageError(
    `'${name}' is not a profile name.`,
    'Names have up to 64 letters, digits, dots, dashes and underscores.',
  );
}

/** The profiles that can be used: the built-in ones, ours, and those of the Atlas CLI. */
export async function profilesThereAre(ours: readonly string[], atlasCli: AtlasCli): Promise<string[]> {
  return [...new Set(['default', sandboxProfile, ...ours, ...(await atlasCli.profiles())])];
}

/** Throws a not-found error unless the profile is built in, ours or one of the Atlas CLI. */
export async function checkProfile(
  { name, origin }: ChosenProfile,
  ours: readonly string[],
  atlasCli: AtlasCli,
): Promise<void> {
  if (origin === undefined || ours.includes(name)) return;
  const all = await profilesThereAre(ours, atlasCli);
  if (all.includes(name)) return;
  throw new NotFoundError(`There is no profile '${name}' (${originText(origin)}).`, didYouMean(name, all, mostListed));
}
