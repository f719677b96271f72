import { join } from 'node:path';
import { codeOf, reasonOf } from '../../base/errors.js';
import type { Advice } from '../../base/hint.js';
import type { Env } from '../../base/host.js';
import { text } from '../../base/json.js';
import { readText } from '../../base/read-text.js';
import { CloudError } from '../errors.js';

/** What carries the credentials, and who signs in with them. */
export interface GcpCredentials {
  headers(): Promise<Readonly<Record<string, string>>>;
  /** Null if the credentials don't say who it is. */
  principal: string | null;
  /** The same for people, and where the credentials were found. */
  who: string;
  /** How to renew them. */
  signIn: Advice;
}

/** A token that somebody else has got: Terraform's variable, or gcloud's. */
export function readyToken(env: Env): GcpCredentials | undefined {
  const { GOOGLE_OAUTH_ACCESS_TOKEN: token, CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: file } = env;
  if (!token && !file) return undefined;
  const source = token ? 'GOOGLE_OAUTH_ACCESS_TOKEN' : 'CLOUDSDK_AUTH_ACCESS_TOKEN_FILE';
  const headers = async () => ({ authorization: `Bearer ${token || readSetting(file ?? '', source)?.trim()}` });
  return { headers, principal: null, who: `the owner of ${source}`, signIn: `Renew the token in ${source}.` };
}

/** A file in the folder of gcloud's settings. It is read here: gcloud itself takes seconds. */
function gcloudFile({ CLOUDSDK_CONFIG, APPDATA, HOME }: Env, ...names: readonly string[]): string {
  const [base, ...folders] = process.platform === 'win32' ? [APPDATA, 'gcloud'] : [HOME, '.config', 'gcloud'];
  return CLOUDSDK_CONFIG ? join(CLOUDSDK_CONFIG, ...names) : join(base || '/', ...folders, ...names);
}

/** The text of a file. Undefined if there is none, and no `setting` names it. */
function readSetting(file: string, setting?: string): string | undefined {
  try {
    return readText(file);
  } catch (error) {
    if (setting === undefined && codeOf(error) === 'ENOENT') return undefined;
    const message = `Cannot read ${file}: ${reasonOf(error)}.`;
    throw new CloudError(message, { exit: 'notAllowed', hint: `Check ${setting ?? 'its permissions'}.`, cause: error });
  }
}

/** The project of gcloud's active configuration. */
export function gcloudProject(env: Env): string | undefined {
  const active = env.CLOUDSDK_ACTIVE_CONFIG_NAME || readSetting(gcloudFile(env, 'active_config'))?.trim() || 'default';
  const config = readSetting(gcloudFile(env, 'configurations', `config_${active}`)) ?? '';
  const [core = ''] = /^\[core\]\s*$[^[]*/m.exec(config) ?? [];
  return /^\s*project\s*=\s*(.*?)\s*$/m.exec(core)?.[1];
}

/** A file with credentials, as Google's libraries find it. */
export interface CredentialFile {
  path: string;
  content: Readonly<Record<string, unknown>>;
  /** Who signs in with it, if it says so. */
  principal: string | null;
  /** The same for people. */
  who: string;
}

/** Throws if a file is there, but can't be read. */
export function findCredentialFile(env: Env): CredentialFile | undefined {
  const { GOOGLE_APPLICATION_CREDENTIALS: given } = env;
  const setting = given ? 'GOOGLE_APPLICATION_CREDENTIALS' : undefined;
  const path = given || gcloudFile(env, 'application_default_credentials.json');
  const found = readSetting(path, setting);
  if (found === undefined) return undefined;
  try {
    const content = Object(JSON.parse(found));
    const [, impersonated] = /([^/]+):generateAccessToken$/.exec(`${content.service_account_impersonation_url}`) ?? [];
    const principal = impersonated ?? (text(content.client_email) || text(content.account) || null);
    const source = setting ?? 'application default credentials';
    const who = principal === null ? `the owner of ${source}` : `${principal} (${source})`;
    return { path, content, principal, who };
  } catch {
    throw new CloudError(`${path} is not valid JSON.`, { exit: 'notAllowed', hint: `Check ${setting ?? 'the file'}.` });
  }
}
