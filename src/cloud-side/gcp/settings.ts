import { join } from 'node:path';
import { codeOf, reasonOf } from '../../base/errors.js';
import type { Env } from '../../base/host.js';
import { text } from '../../base/json.js';
import { readText } from '../../base/read-text.js';
import { CloudError } from '../errors.js';
import type { GcpCredentials } from './compute.js';

/** A token that somebody else has got: Terraform's variable, or gcloud's. */
export function readyToken(env: Env): GcpCredentials | undefined {
  const { GOOGLE_OAUTH_ACCESS_TOKEN: token, CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: file } = env;
  if (!token && !file) return undefined;
  const source = token ? 'GOOGLE_OAUTH_ACCESS_TOKEN' : 'CLOUDSDK_AUTH_ACCESS_TOKEN_FILE';
  const headers = async () => ({ authorization: `Bearer ${token || readSetting(file ?? '', source)?.trim()}` });
  return { headers, principal: null, who: `the owner of ${source}`, signIn: `Renew the token in ${source}.` };
}

export type CredentialFile = NonNullable<ReturnType<typeof findCredentialFile>>;

/** The file with credentials, as Google's libraries find it, and who signs in with it. Throws if it can't be read. */
export function findCredentialFile(env: Env) {
  const { GOOGLE_APPLICATION_CREDENTIALS: given } = env;
  const setting = given ? 'GOOGLE_APPLICATION_CREDENTIALS' : undefined;
  const path = given || gcloudFile(env, 'application_default_credentials.json');
  const found = readSetting(path, setting);
  if (found === undefined) return undefined;
  try {
    const content: Record<string, unknown> = Object(JSON.parse(found));
    const [, impersonated] = /([^/]+):generateAccessToken$/.exec(`${content.service_account_impersonation_url}`) ?? [];
    const principal = impersonated ?? (text(content.client_email) || text(content.account) || null);
    const source = setting ?? 'application default credentials';
    return { path, content, principal, who: principal ? `${principal} (${source})` : `the owner of ${source}` };
  } catch {
    throw new CloudError(`${path} is not valid JSON.`, { exit: 'notAllowed', hint: `Check ${setting ?? 'the file'}.` });
  }
}

/** The project of gcloud's active configuration. */
export function gcloudProject(env: Env): string | undefined {
  const active = env.CLOUDSDK_ACTIVE_CONFIG_NAME || readSetting(gcloudFile(env, 'active_config'))?.trim() || 'default';
  const config = readSetting(gcloudFile(env, 'configurations', `config_${active}`)) ?? '';
  const [core = ''] = /^\[core\]\s*$[^[]*/m.exec(config) ?? [];
  return /^\s*project\s*=\s*(.*?)\s*$/m.exec(core)?.[1];
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
