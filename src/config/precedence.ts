import type { Env } from '../base/host.js';

/** A value and where it comes from. */
export interface Resolved {
  value: string;
  origin: Origin;
}

/** A value and its origin; undefined if there is no value. */
export function resolved(value: string | undefined, origin: Origin): Resolved | undefined {
  return value === undefined ? undefined : { value, origin };
}

/** The value of the first variable that is not empty. */
export function fromEnv(env: Env, names: readonly string[]): Resolved | undefined {
  const name = names.find((each) => env[each]);
  return name === undefined ? undefined : resolved(env[name], { kind: 'environment', name });
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
  if (!('name' in origin)) return unnamedOrigins[origin.kind];
  const { kind, name } = origin;
  if (kind === 'profile') return `profile ${name}${origin.isInKeychain ? ' (keychain)' : ''}`;
  return `${kind === 'atlasCli' ? 'Atlas CLI profile' : kind} ${name}`;
}

const unnamedOrigins = {
  choice: 'profile use',
  default: 'built-in default',
  sandbox: 'the sandbox',
  entered: 'what you entered',
} as const;
