import type { Keychain } from '../../src/config/store.js';

/** A keychain in memory. `entries` is its content, by service and account. */
export function fakeKeychain(entries: Record<string, string> = {}): Keychain & { entries: Record<string, string> } {
  const key = (service: string, account: string) => `${service} ${account}`;
  return {
    entries,
    get: async (service, account) => entries[key(service, account)] ?? null,
    set: async (service, account, secret) => {
      entries[key(service, account)] = secret;
    },
    remove: async (service, account) => {
      delete entries[key(service, account)];
    },
  };
}
