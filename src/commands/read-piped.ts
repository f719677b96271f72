import { advise, UsageError } from '../base/errors.js';
import { cmd } from '../base/shell.js';
import { listed } from '../base/words.js';
import { fromEnv } from '../config/precedence.js';
import { apiKey, type SettingName, serviceAccount, setting, variablesOf } from '../config/settings.js';
import type { Context } from '../context.js';

export type CredentialPair = typeof apiKey | typeof serviceAccount;

export interface Entered {
  pair: CredentialPair;
  values: readonly [string, string];
}

type Table = Record<string, unknown>;

/** Names say which kind of credentials they are, so it may differ from `named`. Throws usage errors, which contain no values. */
export async function readPipedCredentials(
  context: Context,
  named: CredentialPair,
  baseUrl: string,
): Promise<Entered> {
  const text = (await context.io.readPiped()).trim();
  const [first, second] = named.names.map((name) => name.replace('-', ' '));
  const hint = `Put the ${first} on line 1 and the ${second} on line 2, or use JSON, YAML or lines NAME=value.`;
  const lines = text.split(/\r?\n/);
  const tables = await tablesIn(text, lines, hint);
  const all = [named, apiKey, serviceAccount].flatMap((pair) =>
    tables.map((table) => ({ pair, values: pair.names.flatMap((name) => valueIn(table, name) ?? []) })),
  );
  // Atlas gives both parts of a service account this prefix.
  const kind = lines[0]?.startsWith('mdb_sa_') ? serviceAccount : named;
  if (tables.length === 0) all.push({ pair: kind, values: lines });
  const found = all.find(({ values }) => values.length === 2);
  if (text === '') throw new UsageError('stdin is empty.', hint);
  if (!found) {
    const names = listed([...new Set(tables.flatMap(Object.keys))]);
    const what =
      names === '' && tables.length === 0
        ? 'two lines.'
        : `a ${first} and a ${second}. It contains: ${names || 'nothing'}.`;
    throw new UsageError(`stdin does not contain ${what}`, hint);
  }
  const [one = '', other = ''] = decoded(found.values);
  const [id, secret] = found.pair.names;
  const variable = fromEnv(Object.assign({}, ...tables), Object.values(variablesOf('base-url')).flat());
  const host = setting('base-url').check(variable?.value ?? baseUrl);
  if (host !== baseUrl) {
    const hint = advise(context, 'Save that base URL first:', cmd`config set base-url ${host}`);
    throw new UsageError(`stdin is for ${host}, not for ${baseUrl}.`, hint);
  }
  return { pair: found.pair, values: [checkValue(id, one), checkValue(secret, other)] };
}

/** What may hold credentials: objects in JSON or YAML, which Kubernetes and Vault wrap, or the lines `NAME=value`. */
async function tablesIn(text: string, lines: readonly string[], hint: string) {
  const isJson = text.startsWith('{');
  if (!isJson && !yamlKey.test(text)) {
    const all = lines.map((line) => assignment.exec(line) ?? []);
    // A secret may contain a `=`.
    if (lines.length === 2 && !all[0]?.[1]) return [];
    const entries = all.flatMap(([, name, ...values]) => (name ? [[name, values.find(Boolean)]] : []));
    return entries.length === 0 ? [] : [Object.fromEntries(entries)];
  }
  try {
    const given: Table = isJson ? JSON.parse(text) : (await import('yaml')).parse(text, { logLevel: 'error' });
    // When Atlas creates a service account, it returns its secrets as a list.
    const [secret] = Array.isArray(given.secrets) ? given.secrets : [];
    const account = secret?.secret && { ...given, clientSecret: secret.secret };
    const tables = [given, given.stringData, given.data, Object(given.data).data, account];
    return tables.filter((each): each is Table => Object(each) === each);
  } catch {
    // The error of the parser could quote the secret.
    throw new UsageError(`stdin is not valid ${isJson ? 'JSON' : 'YAML'}.`, hint);
  }
}

const yamlKey = /^(?:(?:string)?data|[\w-]*(?:key|id|secret)):(?:\s|$)/im;
const assignment =
  /^\s*(?:export\s+|set\s+|\$env:)?([a-z_]\w*)\s*=\s*(?:"([^"]+)"|'([^']+)'|([^\s=]\S*))\s*(?:#.*)?$/i;

/** The value of a setting, under a name such as `publicKey`, `public_api_key` or `MONGODB_ATLAS_PUBLIC_API_KEY`. */
function valueIn(table: Table, name: SettingName) {
  const plain = (key: string) => key.replace(/^(?:ATLAS_PE|MONGODB_ATLAS)_|api(?=_?key$)|[_-]/gi, '').toLowerCase();
  const values = Object.entries(table).flatMap(([key, value]) => (plain(key) === plain(name) ? value : []));
  return values.find((value): value is string => typeof value === 'string' && value !== '');
}

/** Decodes the base64 of Kubernetes. Two values that are not encoded don't both look like encoded text. */
function decoded(values: readonly string[]) {
  const texts = values.map((value) => Buffer.from(value, 'base64').toString('utf8'));
  const isEncoded = (text: string, index: number) => Buffer.from(text).toString('base64') === values[index];
  return texts.every((text, index) => /^[\x21-\x7e]+\s*$/.test(text) && isEncoded(text, index)) ? texts : values;
}

export function checkValue(name: SettingName, value: string) {
  try {
    return setting(name).check(value);
  } catch (error) {
    throw error instanceof UsageError ? error.about(name).withHint('Nothing was saved.') : error;
  }
}
