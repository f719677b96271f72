import { defaultBaseUrl } from '../../atlas/base-url.js';
import { type CliError, UsageError } from '../../base/errors.js';
import { apiKey, serviceAccount } from '../../config/credential-kinds.js';
import { type SettingName, setting } from '../../config/settings.js';
import type { Io } from '../../ui/io.js';

/** The kinds of credentials that consist of an id and a secret. */
export const pairs = { key: apiKey, account: serviceAccount };
export type CredentialPair = (typeof pairs)[keyof typeof pairs];

/** A complete pair: its id and its secret. */
export interface Entered {
  pair: CredentialPair;
  values: readonly [string, string];
}

/** Asks for the kind of credentials. */
export async function askPair(io: Io): Promise<CredentialPair> {
  io.note('Sign in with:', ['1  API key', '2  Service account']);
  for (let isAgain = false; ; isAgain = true) {
    const answer = await io.ask('Choice (default: 1)', { isAgain });
    if (answer === '' || answer === '1') return pairs.key;
    if (answer === '2') return pairs.account;
    io.note('Enter 1 or 2.');
  }
}

const mostTries = 3;

/** Asks until there is no error that `isWrong` accepts, at most three times. */
export async function askAgain<T>(
  io: Io,
  isWrong: (error: unknown) => error is CliError,
  ask: (isAgain: boolean) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask(tries > 1);
    } catch (error) {
      if (!isWrong(error) || tries === mostTries) throw error;
      io.note(`${error.message} Try again.`);
    }
  }
}

/** Asks for both parts. The secret is typed without echo. */
export async function askValues(io: Io, pair: CredentialPair, baseUrl: string): Promise<Entered> {
  const [id, secret] = pair.names;
  const question = (name: SettingName) => name.replace('-', ' ').replace(/^./, (letter) => letter.toUpperCase());
  const where = baseUrl === defaultBaseUrl ? '' : ` for ${baseUrl}`;
  const isWrong = (error: unknown) => error instanceof UsageError;
  const first = await askAgain(io, isWrong, async (isAgain) => checkValue(id, await io.ask(question(id), { isAgain })));
  const second = await askAgain(io, isWrong, async () =>
    checkValue(secret, await io.readSecret(`${question(secret)}${where} (not shown)`)),
  );
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
