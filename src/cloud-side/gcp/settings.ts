import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, reasonOf } from '../../base/errors.js';
import type { Advice } from '../../base/hint.js';
import type { Env } from '../../base/host.js';
import { text } from '../../base/json.js';
import { CloudError } from '../errors.js';

/** What carries the credentials, and who signs in with them. */
export interface GcpCredentials {
  headers(): Promise<Readonly<Record<string, string>>>;
  /** Null if the credentials don't say who it is. */
  principal: string | null;
  /** Where they were found, for people. */
  source: string;
  /** How to renew them. */
  signIn: Advice;
}

/** Reads as `signed in as …`. */
export function shortPrincipal({ principal, source }: GcpCredentials): string {
  return principal === null ? `the owner of ${source}` : `${principal} (${source})`;
}

export function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

/** A token that somebody else has got: Terraform's variable, or gcloud's. */
export function readyToken(env: Env): GcpCredentials | undefined {
  const { GOOGLE_OAUTH_ACCESS_TOKEN: token, CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: file } = env;
  if (!token && !file) return undefined;
  const source = token ? 'GOOGLE_OAUTH_ACCESS_TOKEN' : 'CLOUDSDK_AUTH_ACCESS_TOKEN_FILE';
  const headers = async () => bearer(token || (readSetting(file ?? '', source) ?? '').trim());
  return { headers, principal: null, source, signIn: `Renew the token in ${source}.` };
}

/* What gcloud has written on this machine. Its files are read here: gcloud itself takes seconds. */

/** A file in the folder of gcloud's settings; undefined if the environment doesn't say where that is. */
function gcloudFile({ CLOUDSDK_CONFIG, APPDATA, HOME }: Env, ...names: readonly string[]): string | undefined {
  const usual = process.platform === 'win32' ? [APPDATA, 'gcloud'] : [HOME, '.config', 'gcloud'];
  const [base, ...folders] = CLOUDSDK_CONFIG ? [CLOUDSDK_CONFIG] : usual;
  return base && join(base, ...folders.flatMap((each) => each ?? []), ...names);
}

/** The text of a file. Undefined if there is none, and no `setting` names it. */
function readSetting(file: string | undefined, setting?: string): string | undefined {
  try {
    return file && readFileSync(file, 'utf8');
  } catch (error) {
    if (setting === undefined && codeOf(error) === 'ENOENT') return undefined;
    const message = `Cannot read ${file}: ${reasonOf(error)}.`;
    throw new CloudError(message, { exit: 'notAllowed', hint: `Check ${setting ?? 'its permissions'}.`, cause: error });
  }
}

/** The section `core` of gcloud's active configuration: `project`, `account`. */
export function gcloudCore(env: Env): Readonly<Record<string, string | undefined>> {
  const active = env.CLOUDSDK_ACTIVE_CONFIG_NAME || readSetting(gcloudFile(env, 'active_config'))?.trim() || 'default';
  const config = readSetting(gcloudFile(env, 'configurations', `config_${active}`)) ?? '';
  const [, core = ''] = /^\[core\]\s*$([^[]*)/m.exec(config) ?? [];
  return Object.fromEntries([...core.matchAll(/^\s*(\w+)\s*=\s*(.*?)\s*$/gm)].map(([, key, value]) => [key, value]));
}

/** A file with credentials, as Google's libraries find it: the variable that names it, and what it holds. */
export interface CredentialFile {
  path: string;
  setting: string | undefined;
  content: Readonly<Record<string, unknown>>;
}

/** Throws if a file is there, but can't be read. */
export function findCredentialFile(env: Env): CredentialFile | undefined {
  const { GOOGLE_APPLICATION_CREDENTIALS: given } = env;
  const setting = given ? 'GOOGLE_APPLICATION_CREDENTIALS' : undefined;
  const path = given || gcloudFile(env, 'application_default_credentials.json');
  const found = readSetting(path, setting);
  if (!path || found === undefined) return undefined;
  try {
    return { path, setting, content: Object(JSON.parse(found)) };
  } catch {
    throw new CloudError(`${path} is not valid JSON.`, { exit: 'notAllowed', hint: `Check ${setting ?? 'the file'}.` });
  }
}

/** Who signs in with such a file, if it says so. */
export function principalIn({ content }: CredentialFile): string | null {
  const url = text(content.service_account_impersonation_url) ?? '';
  return /([^/]+):generateAccessToken$/.exec(url)?.[1] ?? (text(content.client_email) || text(content.account) || null);
}
