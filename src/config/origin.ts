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
