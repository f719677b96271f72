import type { AsyncEntry as KeychainEntry } from '@napi-rs/keyring';
import { CliError, reasonOf } from '../base/errors.js';
import { advise } from '../base/hint.js';
import { cmd, commandLine } from '../base/shell.js';

/** The operating system's keychain. A secret is identified by service and account. */
export type Keychain = NonNullable<Awaited<ReturnType<typeof openKeychain>>>;

/** On Linux, use only the Secret Service. The library's fallback, the kernel's keyring, is empty after the next boot. */
const options = { linux: { store: 'secret-service' } } as const;

/** Opens this machine's keychain. Null if it has none, or if the optional library is not installed. */
export async function openKeychain() {
  const { AsyncEntry } = await import('@napi-rs/keyring').catch(() => ({ AsyncEntry: null }));
  if (!AsyncEntry) return null;
  try {
    // Only the constructor shows whether there is a Secret Service.
    new AsyncEntry('atlas-pe', 'probe', options);
  } catch {
    return null;
  }
  const text = 'Unlock it, or save secrets in the configuration file:';
  const hint = advise({ commandLine }, text, cmd`config set secret-store file`);
  const use = async <T>(service: string, account: string, act: (entry: KeychainEntry) => Promise<T>) => {
    try {
      return await act(new AsyncEntry(service, account, options));
    } catch (error) {
      throw new CliError('unexpected', `Cannot access the keychain: ${reasonOf(error)}.`, { hint, cause: error });
    }
  };
  return {
    /** Null if there is no such secret. */
    get: (service: string, account: string) =>
      use(service, account, async (entry) => (await entry.getPassword()) ?? null),
    set: (service: string, account: string, secret: string) =>
      use(service, account, (entry) => entry.setPassword(secret)),
    /** Succeeds if the secret doesn't exist. */
    remove: async (service: string, account: string) => {
      await use(service, account, (entry) => entry.deleteCredential());
    },
  };
}
