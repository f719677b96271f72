import type { Env } from '../base/host.js';
import type { Origin } from './origin.js';

/** A value, and where it came from. */
export interface Resolved {
  value: string;
  origin: Origin;
}

/** Where a value may come from, strongest first. What costs time is asked only where nothing stronger has one. */
export interface Candidates {
  /** What the command line says. */
  flag?: Resolved | undefined;
  env: Env;
  /** Variables of the environment that may hold it, strongest first. */
  variables: readonly string[];
  /** What config.json keeps. */
  kept(): Promise<Resolved | undefined> | Resolved | undefined;
  /** What the Atlas CLI has configured. */
  atlasCli?(): Promise<Resolved | undefined>;
  default?: string | undefined;
}

/** The value that wins: flag, environment, profile, the Atlas CLI's profile, built-in default. */
export async function strongest(candidates: Candidates): Promise<Resolved | undefined> {
  const { flag, env, variables, default: value } = candidates;
  return (
    flag ??
    fromEnv(env, variables) ??
    (await candidates.kept()) ??
    (await candidates.atlasCli?.()) ??
    (value === undefined ? undefined : { value, origin: { kind: 'default' } })
  );
}

/** What the first of these variables holds that isn't empty. */
export function fromEnv(env: Env, names: readonly string[]): Resolved | undefined {
  const name = names.find((candidate) => env[candidate]);
  return name === undefined ? undefined : { value: env[name] ?? '', origin: { kind: 'environment', name } };
}
