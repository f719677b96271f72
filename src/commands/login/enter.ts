import type { Credentials } from '../../atlas/auth.js';
import { defaultBaseUrl } from '../../atlas/base-url.js';
import { UsageError } from '../../base/errors.js';
import { apiKey, serviceAccount } from '../../config/credential-kinds.js';
import { type SettingName, setting } from '../../config/settings.js';
import type { Context } from '../../context.js';

/** A kind of credential: the settings that hold its halves, and how each is asked for and named in JSON. */
export interface Pair {
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
} as const satisfies Record<string, Pair>;

/** Asks which kind of credentials to sign in with. */
export async function askPair({ io }: Pick<Context, 'io'>): Promise<Pair> {
  io.note('Sign in with', [`1  ${pairs.key.title}`, `2  ${pairs.account.title}`]);
  for (let isAgain = false; ; isAgain = true) {
    const answer = await io.ask('Which (1)', { isAgain });
    if (answer === '' || answer === '1') return pairs.key;
    if (answer === '2') return pairs.account;
  }
}

interface Entered {
  pair: Pair;
  first: string;
  second: string;
}

/** Asks for both halves; what is typed for the secret one is not shown. */
export async function askHalves({ io }: Pick<Context, 'io'>, pair: Pair, baseUrl: string): Promise<Entered> {
  const [id, secret] = pair.halves;
  const first = check(id, await io.ask(id.question));
  const where = baseUrl === defaultBaseUrl ? '' : ` for ${baseUrl}`;
  return { pair, first, second: check(secret, await io.readSecret(`${secret.question}${where} (not shown)`)) };
}

/** `{"publicKey","privateKey"}`, or two lines. */
export function readHalves(pair: Pair, text: string): Entered {
  const [id, secret] = pair.halves;
  const [first, second, ...more] = text.trim().startsWith('{')
    ? fromJson(text, id, secret)
    : text.trim().split(/\r?\n/);
  if (first === undefined || second === undefined || more.length > 0) {
    throw new UsageError(
      'What was piped in is not two lines.',
      `${id.question} in the first line, its secret in the second; or {"${id.key}","${secret.key}"}.`,
    );
  }
  return { pair, first: check(id, first), second: check(secret, second) };
}

function fromJson(text: string, id: Half, secret: Half): string[] {
  let given: Record<string, unknown>;
  try {
    given = Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    // What a parser says would quote what it read.
    throw new UsageError('What was piped in is not valid JSON.', `It should be {"${id.key}","${secret.key}"}.`);
  }
  return [id.key, secret.key].map((key) => {
    if (typeof given[key] === 'string') return given[key];
    throw new UsageError(`What was piped in lacks ${key}.`, `It should be {"${id.key}","${secret.key}"}.`);
  });
}

function check({ name }: Half, value: string): string {
  try {
    return setting(name).check(value);
  } catch (error) {
    throw error instanceof UsageError ? error.about(name).withHint('Nothing was saved.') : error;
  }
}
