import type { Credentials } from '../../atlas/auth.js';
import { defaultBaseUrl } from '../../atlas/base-url.js';
import { UsageError } from '../../base/errors.js';
import { apiKey, serviceAccount } from '../../config/credential-kinds.js';
import { type SettingName, setting } from '../../config/settings.js';
import type { Context } from '../../context.js';

/** A kind of credential: the settings for its two parts, and the question and the JSON key of each. */
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

/** Asks for the kind of credentials. */
export async function askPair({ io }: Pick<Context, 'io'>): Promise<Pair> {
  io.note('Sign in with:', [`1  ${pairs.key.title}`, `2  ${pairs.account.title}`]);
  for (let isAgain = false; ; isAgain = true) {
    const answer = await io.ask('Choice (default: 1)', { isAgain });
    if (answer === '' || answer === '1') return pairs.key;
    if (answer === '2') return pairs.account;
    io.note('Enter 1 or 2.');
  }
}

interface Entered {
  pair: Pair;
  first: string;
  second: string;
}

/** Asks for both parts. The secret is typed without echo. */
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
      'stdin does not contain two lines.',
      `Put the ${id.question.toLowerCase()} on line 1 and the ${secret.question.toLowerCase()} on line 2, or use JSON: {"${id.key}":"…","${secret.key}":"…"}`,
    );
  }
  return { pair, first: check(id, first), second: check(secret, second) };
}

function fromJson(text: string, id: Half, secret: Half): string[] {
  let given: Record<string, unknown>;
  try {
    given = Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    // The error of the parser could quote the secret.
    throw new UsageError('stdin is not valid JSON.', `Use this format: {"${id.key}":"…","${secret.key}":"…"}`);
  }
  return [id.key, secret.key].map((key) => {
    if (typeof given[key] === 'string') return given[key];
    throw new UsageError(`${key} is missing from stdin.`, `Use this format: {"${id.key}":"…","${secret.key}":"…"}`);
  });
}

function check({ name }: Half, value: string): string {
  try {
    return setting(name).check(value);
  } catch (error) {
    throw error instanceof UsageError ? error.about(name).withHint('Nothing was saved.') : error;
  }
}
