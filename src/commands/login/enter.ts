import type { Credentials } from '../../atlas/auth.js';
import { defaultBaseUrl } from '../../atlas/base-url.js';
import { UsageError } from '../../base/errors.js';
import { apiKey, serviceAccount } from '../../config/credential-kinds.js';
import { type SettingName, setting } from '../../config/settings.js';
import type { Context } from '../../context.js';

/** A kind of credential: the settings for its two parts, and the question and the JSON key of each. */
export interface CredentialPair {
  title: string;
  halves: readonly [Half, Half];
  make(values: readonly string[]): Credentials;
}

interface Half {
  name: SettingName;
  question: string;
  key: string;
}

export const pairs = {
  key: {
    title: 'API key',
    halves: [
      { name: 'public-key', question: 'Public key', key: 'publicKey' },
      { name: 'private-key', question: 'Private key', key: 'privateKey' },
    ],
    make: apiKey.make,
  },
  account: {
    title: 'Service account',
    halves: [
      { name: 'client-id', question: 'Client id', key: 'clientId' },
      { name: 'client-secret', question: 'Client secret', key: 'clientSecret' },
    ],
    make: serviceAccount.make,
  },
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

/** A complete pair. */
export interface Entered {
  pair: CredentialPair;
  first: string;
  second: string;
}

/** Asks for both parts. The secret is typed without echo. */
export async function askHalves({ io }: Pick<Context, 'io'>, pair: CredentialPair, baseUrl: string): Promise<Entered> {
  const [id, secret] = pair.halves;
  const first = checkHalf(id, await io.ask(id.question));
  const where = baseUrl === defaultBaseUrl ? '' : ` for ${baseUrl}`;
  return { pair, first, second: checkHalf(secret, await io.readSecret(`${secret.question}${where} (not shown)`)) };
}

/** The value in the form that is saved. Throws a usage error. */
export function checkHalf({ name }: Half, value: string): string {
  try {
    return setting(name).check(value);
  } catch (error) {
    throw error instanceof UsageError ? error.about(name).withHint('Nothing was saved.') : error;
  }
}
