import type { Agent } from 'node:https';
import { text as textOf } from 'node:stream/consumers';
import spawn from 'cross-spawn';
import { type AuthClient, Compute, GoogleAuth, gcpMetadata } from 'google-auth-library';
import { text } from '../../base/json.js';
import type { SignInContext } from '../entry.js';
import { CloudError } from '../errors.js';
import type { CredentialFile } from './access.js';
import type { GcpCredentials } from './compute.js';

const scopes = ['https://www.googleapis.com/auth/cloud-platform'];
const signIn = { text: 'Sign in again:', commands: ['gcloud auth application-default login'] };
const variables = 'GOOGLE_OAUTH_ACCESS_TOKEN, CLOUDSDK_AUTH_ACCESS_TOKEN_FILE, GOOGLE_APPLICATION_CREDENTIALS';
const places = "application_default_credentials.json in the folder of gcloud, Google's metadata server";
/** gcloud takes up to 8 seconds. */
const gcloudMs = 30_000;

/** Credentials that Google's library reads from the file, or gets from the metadata server of a machine of Google. */
export async function findCredentials(context: SignInContext, file?: CredentialFile): Promise<GcpCredentials> {
  const { agent, signal, env } = context;
  // A request that looks for the server takes seconds elsewhere, and the library warns on stderr then.
  if (!file && !env.GCE_METADATA_HOST && !gcpMetadata.getGCPResidency()) {
    const token = await printedToken(context);
    const headers = async () => ({ authorization: `Bearer ${token}` });
    const who = 'the account of gcloud auth login';
    return { headers, principal: env.CLOUDSDK_CORE_ACCOUNT ?? null, who, signIn };
  }
  const https = await agent({ setting: 'NODE_EXTRA_CA_CERTS' });
  // With a project, and with the content of the file, the library doesn't run gcloud.
  const from = file ? { credentials: file.content } : { authClient: new Compute({ scopes }) };
  const auth = new GoogleAuth({ projectId: 'unused', scopes, ...from });
  const headers = async () => {
    try {
      const client: AuthClient = await auth.getClient();
      connectThrough(https, client as unknown as Connecting);
      if (env.GOOGLE_CLOUD_QUOTA_PROJECT) client.quotaProjectId = env.GOOGLE_CLOUD_QUOTA_PROJECT;
      return Object.fromEntries(await client.getRequestHeaders());
    } catch (error) {
      signal.throwIfAborted();
      throw refused(error, file?.path ?? "Google's metadata server");
    }
  };
  const machine = 'the service account of this machine';
  const { principal, who } = file ?? { principal: machine, who: machine };
  return { headers, principal, who, signIn };
}

/** For those who have only signed in to gcloud itself. */
async function printedToken({ env, signal, trace }: SignInContext): Promise<string> {
  trace?.('GCP runs gcloud auth print-access-token');
  const limit = AbortSignal.any([signal, AbortSignal.timeout(gcloudMs)]);
  const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
  const child = spawn('gcloud', ['auth', 'print-access-token'], { env: { ...env }, signal: limit, stdio });
  // There is no gcloud, or it took too long.
  child.once('error', () => undefined);
  const printed = child.stdout ? (await textOf(child.stdout).catch(() => '')).trim() : '';
  signal.throwIfAborted();
  if (/^[\w.~+/=-]+$/.test(printed)) return printed;
  const hint = { ...signIn, text: 'Sign in:' };
  throw new CloudError(`No Google credentials found in ${variables}, ${places} or gcloud.`, {
    exit: 'notAllowed',
    hint,
  });
}

/** A client of the library, which may have others in it. Each opens connections of its own. */
interface Connecting {
  transporter: AuthClient['transporter'];
  sourceClient?: Connecting;
  stsCredential?: Connecting;
}

function connectThrough(https: Agent, { transporter, sourceClient, stsCredential }: Connecting): void {
  const agent = ({ protocol }: URL) => (protocol === 'https:' ? https : undefined);
  Object.assign(transporter.defaults, { timeout: 30_000, agent });
  for (const inner of [sourceClient, stsCredential]) if (inner) connectThrough(https, inner);
}

/** Google's answer to a request for a token has a code, such as `invalid_grant` for a login that has expired. */
function refused(error: unknown, where: string): CloudError {
  const { response, message, config } = Object(error) as Record<string, unknown>;
  const { error: code, error_description: why } = Object(Object(response).data) as Record<string, unknown>;
  // The library repeats what a program or a file has.
  const said = `${why ?? code ?? message}`
    .replace(/(?=[^\s\d]*\d)[\w+/=.-]{32,}/g, '…')
    .replace(/\.?\s*$/, '')
    .slice(0, 300);
  if (response === undefined && config !== undefined) {
    const hint = 'Check the network, HTTPS_PROXY and NO_PROXY.';
    return new CloudError(`Cannot get Google credentials: ${said}.`, { hint, mayPass: true });
  }
  const expired = 'The Google login has expired or was revoked (invalid_grant).';
  const what = code === 'invalid_grant' ? expired : `Cannot use the Google credentials of ${where}: ${said}.`;
  return new CloudError(what, { exit: 'notAllowed', hint: signIn, errorCode: text(code) });
}
