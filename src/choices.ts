import { type Resolved, sandboxProfile } from './config/resolve.js';
import { setting } from './config/settings.js';
import { UsageError } from './base/errors.js';
import { type Format, parseFormat } from './ui/formats.js';
import { commandLine, quote } from './base/shell.js';
import type { Env } from './base/host.js';

/** The options that every command takes. */
export interface Globals {
  project?: string | undefined;
  profile?: string | undefined;
  sandbox?: boolean | undefined;
  output?: string | undefined;
  json?: boolean | undefined;
  fields?: readonly string[] | undefined;
  quiet?: boolean | undefined;
  verbose?: boolean | undefined;
  color?: boolean | undefined;
  /** A configuration that can't be read, or holds what makes no sense, doesn't end the command before it begins. */
  toleratesConfig?: boolean | undefined;
}

/** The profile that a command line means. */
export interface ChosenProfile {
  name: string;
  isSandbox: boolean;
  /** It was named, so that one that isn't there is an error. */
  isNamed: boolean;
  /** What names it, for people; undefined of a built-in one. */
  origin: string | undefined;
}

/**
 * A flag, ATLAS_PE_PROFILE, MONGODB_ATLAS_PROFILE, what `profile use` chose (which is not read where one of the others
 * settles it), `default`. The official variable may name a profile that nobody has, and never means the sandbox.
 */
export async function chooseProfile(
  { profile, sandbox }: Globals,
  env: Env,
  current: () => Promise<string | undefined>,
): Promise<ChosenProfile> {
  if (sandbox && profile !== undefined && profile !== sandboxProfile) {
    throw new UsageError(
      '--sandbox and --profile cannot be combined: the sandbox is a profile itself.',
      'Leave one of them out.',
    );
  }
  const official = env.MONGODB_ATLAS_PROFILE === sandboxProfile ? undefined : env.MONGODB_ATLAS_PROFILE;
  const named = [
    { value: sandbox ? sandboxProfile : undefined, origin: 'flag --sandbox' },
    { value: profile, origin: 'flag --profile' },
    { value: env.ATLAS_PE_PROFILE || undefined, origin: 'environment ATLAS_PE_PROFILE' },
    { value: official || undefined, origin: 'environment MONGODB_ATLAS_PROFILE', mayBeMissing: true },
  ].find(({ value }) => value !== undefined);
  const { value, origin, mayBeMissing } = named ?? { value: await current(), origin: 'profile use' };
  const name = checkProfileName(value ?? 'default');
  const isBuiltIn = name === 'default' || name === sandboxProfile;
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

/** A command line for the same project and profile as these options name. */
export function commandLineOf({ project, profile, sandbox }: Globals, command: string): string {
  const chosen = sandbox ? ' --sandbox' : profile ? ` --profile ${quote(profile)}` : '';
  return commandLine(`${command}${project ? ` --project ${quote(project)}` : ''}${chosen}`);
}

/**
 * --json, --output, the environment, then the profile: which is not read where one of the others settles it, and need not
 * exist yet, since this is asked for `config set` too.
 */
export async function chooseFormat(
  globals: Globals,
  env: Env,
  kept: () => Promise<Resolved | undefined>,
): Promise<Format> {
  const { output, json } = globals;
  const format = output === undefined ? undefined : parseFormat(output);
  if (json && format !== undefined && format !== 'json') {
    throw new UsageError(`--json and --output ${format} cannot be combined.`, 'Leave one of them out.');
  }
  if (json) return 'json';
  if (format) return format;
  if (env.ATLAS_PE_OUTPUT) return readFormat({ value: env.ATLAS_PE_OUTPUT, origin: 'environment ATLAS_PE_OUTPUT' });
  const configured = await kept();
  return configured
    ? readFormat(configured, commandLineOf(globals, 'config set output table --output table'))
    : 'table';
}

/** A format that is set is one that every command has. */
function readFormat({ value, origin }: Resolved, correction?: string): Format {
  try {
    return parseFormat(setting('output').check(value));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const more = correction === undefined ? '' : ` To correct it: ${correction}`;
    throw new UsageError(`${origin}: ${error.message}`, `${error.hint}${more}`);
  }
}
