import type { Env } from '../base/host.js';

/** A value and where it comes from. */
export interface Resolved {
  value: string;
  origin: Origin;
}

/**
 * The sources of a value, strongest first. Slow sources are functions, called only if no stronger source has a value.
 */
export interface SettingSources {
  /** From the command line. */
  flag?: Resolved | undefined;
  env: Env;
  /** The environment variables that may hold it, strongest first. */
  variables: readonly string[];
  /** From config.json. */
  kept(): Promise<Resolved | undefined> | Resolved | undefined;
  /** From the Atlas CLI's configuration. */
  atlasCli?(): Promise<Resolved | undefined>;
  default?: string | undefined;
}

/** Returns the value from the strongest source: flag, environment, profile, Atlas CLI profile, built-in default. */
export async function strongest(candidates: SettingSources): Promise<Resolved | undefined> {
  const { flag, env, variables, default: value } = candidates;
  return (
    flag ??
    fromEnv(env, variables) ??
    (await candidates.kept()) ??
    (await candidates.atlasCli?.()) ??
    (value === undefined ? undefined : { value, origin: { kind: 'default' } })
  );
}

/** The value of the first variable that is not empty. */
export function fromEnv(env: Env, names: readonly string[]): Resolved | undefined {
  const name = names.find((candidate) => env[candidate]);
  return name === undefined ? undefined : { value: env[name] ?? '', origin: { kind: 'environment', name } };
}

/** Where the value of a setting comes from. */
export type Origin =
  /** An option, an environment variable, or an Atlas CLI profile. */
  | { kind: 'flag' | 'environment' | 'atlasCli'; name: string }
  /** A profile in config.json; the value itself may be in the keychain. */
  | { kind: 'profile'; name: string; isInKeychain?: boolean }
  /** The choice of `profile use`, a built-in default, the sandbox, or what the user typed just now. */
  | { kind: 'choice' | 'default' | 'sandbox' | 'entered' };

/** The origin as text: `flag --project`, `environment ATLAS_PE_PROJECT`, `profile default (keychain)`. */
export function originText(origin: Origin): string {
  switch (origin.kind) {
    case 'flag':
    case 'environment':
      return `${origin.kind} ${origin.name}`;
    case 'profile':
      return `profile ${origin.name}${origin.isInKeychain ? ' (keychain)' : ''}`;
    case 'atlasCli':
      return `Atlas CLI profile ${origin.name}`;
    case 'choice':
      return 'profile use';
    case 'default':
      return 'built-in default';
    case 'sandbox':
      return 'the sandbox';
    case 'entered':
      return 'what you entered';
  }
}
