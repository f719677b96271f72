import type { AsyncEntry as KeychainEntry } from '@napi-rs/keyring';
import { CliError, reasonOf } from '../base/errors.js';
import { cmd, commandLine } from '../base/shell.js';

/** The operating system's keychain: secrets by service and account. */
export interface Keychain {
  /** Null where it holds none. */
  get(service: string, account: string): Promise<string | null>;
  set(service: string, account: string, secret: string): Promise<void>;
  /** One that isn't there is as good as removed. */
  remove(service: string, account: string): Promise<void>;
}

/** On Linux the Secret Service alone: the kernel's keyring, to which the library falls back, forgets at the next start. */
const options = { linux: { store: 'secret-service' } } as const;

/** The keychain of this machine; null where it has none, or where the optional library isn't installed. */
export async function openKeychain(): Promise<Keychain | null> {
  const { AsyncEntry } = await import('@napi-rs/keyring').catch(() => ({ AsyncEntry: null }));
  if (!AsyncEntry) return null;
  try {
    // Only a constructor tells whether there is a Secret Service.
    new AsyncEntry('atlas-pe', 'probe', options);
  } catch {
    return null;
  }
  const use = async <T>(service: string, account: string, act: (entry: KeychainEntry) => Promise<T>) => {
    try {
      return await act(new AsyncEntry(service, account, options));
    } catch (error) {
      throw new CliError('unexpected', `The keychain does not answer as it should: ${reasonOf(error)}.`, {
        hint: {
          text: 'Unlock it, or keep secrets in the file:',
          commands: [commandLine(cmd`config set secret-store file`)],
        },
        cause: error,
      });
    }
  };
  return {
    get: (service, account) => use(service, account, async (entry) => (await entry.getPassword()) ?? null),
    set: (service, account, secret) => use(service, account, (entry) => entry.setPassword(secret)),
    remove: async (service, account) => {
      await use(service, account, (entry) => entry.deleteCredential());
    },
  };
}
