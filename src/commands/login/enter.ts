import type { Credentials } from '../../atlas/auth.js';
import { defaultBaseUrl } from '../../atlas/base-url.js';
import { UsageError } from '../../base/errors.js';
import { apiKey, serviceAccount } from '../../config/credential-kinds.js';
import { type SettingName, setting } from '../../config/settings.js';
import type { Context } from '../../context.js';

/** A kind of credentials, and the settings for its two parts: an id and a secret. */
export interface CredentialPair {
  title: string;
  names: readonly [SettingName, SettingName];
  make(values: readonly string[]): Credentials;
}

export const pairs = {
  key: { title: 'API key', names: ['public-key', 'private-key'], make: apiKey.make },
  account: { title: 'Service account', names: ['client-id', 'client-secret'], make: serviceAccount.make },
} as const satisfies Record<string, CredentialPair>;

/** Asks for the kind of credentials. */
export async function askPair({ io }: Pick<Context, 'io'>): Promise<CredentialPair> {
  io.note('Sign in with:', [`1  ${pairs.key.title}`, `2  ${pairs.account.title}`]);
  for (let isAgain = false; ; isAgain = true) {
    const answer = await io.ask('Choice (default: 1)', { isAgain });
    if (answer === '' || answer === '1') return pairs.key;
    if (answer === '2') return pairs.account;
    io.note('Enter 1 or 2.');
  }
}

/** A complete pair: its id and its secret. */
export interface Entered {
  pair: CredentialPair;
  values: readonly [string, string];
}

/** Asks for both parts. The secret is typed without echo. */
export async function askValues({ io }: Pick<Context, 'io'>, pair: CredentialPair, baseUrl: string): Promise<Entered> {
  const [id, secret] = pair.names;
  const question = (name: SettingName) => name.replace('-', ' ').replace(/^./, (letter) => letter.toUpperCase());
  const first = checkValue(id, await io.ask(question(id)));
  const where = baseUrl === defaultBaseUrl ? '' : ` for ${baseUrl}`;
  const second = checkValue(secret, await io.readSecret(`${question(secret)}${where} (not shown)`));
  return { pair, values: [first, second] };
}

/** The value in the form that is saved. Throws a usage error. */
export function checkValue(name: SettingName, value: string): string {
  try {
    return setting(name).check(value);
  } catch (error) {
    throw error instanceof UsageError ? error.about(name).withHint('Nothing was saved.') : error;
  }
}
