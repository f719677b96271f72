/** Where the value of a setting came from. */
export type Origin =
  /** An option, a variable of the environment, or a profile of the Atlas CLI. */
  | { kind: 'flag' | 'environment' | 'atlasCli'; name: string }
  /** A profile in config.json; the value itself may be in the keychain. */
  | { kind: 'profile'; name: string; isInKeychain?: boolean }
  /** What `profile use` chose, a default of ours, the sandbox's own, or what was typed just now. */
  | { kind: 'choice' | 'default' | 'sandbox' | 'entered' };

/** The same for people: `flag --project`, `environment ATLAS_PE_PROJECT`, `profile default (keychain)`. */
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
