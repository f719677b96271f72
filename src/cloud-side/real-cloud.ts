import type { SignInContext } from './entry.js';

/** Warns that Atlas is a sandbox on this machine, but the cloud is the real one. */
export function warnOfRealCloud({ io, localAtlas }: SignInContext, cloud: string, variables: string): void {
  if (localAtlas === undefined) return;
  io.warn(
    `Atlas requests go to ${localAtlas}, but ${cloud} requests go to the real ${cloud}. To use the sandbox's ${cloud}, use sandbox exec, or set the ${variables} variables that sandbox serve prints.`,
  );
}
