import type { Agent } from 'node:https';
import spawn from 'cross-spawn';
import { type AuthClient, Compute, GoogleAuth, gcpMetadata } from 'google-auth-library';
import { ignoreFailure } from '../../base/errors.js';
import { text } from '../../base/json.js';
import type { SignInContext } from '../entry.js';
import { CloudError } from '../errors.js';
import { bearer, type CredentialFile, type GcpCredentials, gcloudCore, principalIn } from './settings.js';

const scopes = ['https://www.googleapis.com/auth/cloud-platform'];
/** gcloud takes up to 8 seconds. */
const gcloudMs = 30_000;
/** A token of gcloud holds for an hour at most. */
const gcloudTokenMs = 20 * 60_000;

const signIn = { text: 'Sign in again:', commands: ['gcloud auth application-default login'] };

/** Finds credentials: the application default ones, the metadata server of a machine of Google, or gcloud's own account. */
export async function findCredentials(
  context: SignInContext,
  file: CredentialFile | undefined,
): Promise<GcpCredentials> {
  const { env, clock } = context;
  if (file) {
    const source = file.setting ?? 'application default credentials';
    return { headers: await ofLibrary(context, file), principal: principalIn(file), source, signIn };
  }
  // A request that looks for the server takes seconds elsewhere, and the library warns on stderr then.
  if (env.GCE_METADATA_HOST || gcpMetadata.getGCPResidency()) {
    const principal = 'the service account of this machine';
    return { headers: await ofLibrary(context), principal, source: 'metadata server', signIn: `Check ${principal}.` };
  }
  let found: { token: Promise<string>; at: number } | undefined;
  const headers = async () => {
    if (found === undefined || clock.monotonic() - found.at > gcloudTokenMs) {
      found = { token: printedToken(context), at: clock.monotonic() };
    }
    return bearer(await found.token);
  };
  // Now, because a request may have less time than gcloud takes.
  await headers().catch(ignoreFailure);
  const principal = env.CLOUDSDK_CORE_ACCOUNT || gcloudCore(env).account || null;
  return { headers, principal, source: 'gcloud', signIn: { ...signIn, commands: ['gcloud auth login'] } };
}

/** Credentials that Google's library reads from a file, or gets from the metadata server. */
async function ofLibrary(
  { agent, signal, env }: SignInContext,
  file?: CredentialFile,
): Promise<GcpCredentials['headers']> {
  const https = await agent({ setting: 'NODE_EXTRA_CA_CERTS' });
  // With a project, and with the content of the file, the library doesn't run gcloud.
  const from = file ? { credentials: file.content } : { authClient: new Compute({ scopes }) };
  const auth = new GoogleAuth({ projectId: 'unused', scopes, ...from });
  return async () => {
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
  const details = { exit: 'notAllowed', hint: signIn, errorCode: text(code) } as const;
  if (code === 'invalid_grant')
    return new CloudError('The Google login has expired or was revoked (invalid_grant).', details);
  const said = text(why) ?? text(code) ?? text(message) ?? 'no reason given';
  // The library repeats what a program or a file has.
  const short = said
    .replace(/(?=[^\s\d]*\d)[\w+/=.-]{32,}/g, '…')
    .replace(/\.?\s*$/, '')
    .slice(0, 300);
  if (response === undefined && config !== undefined) {
    const hint = 'Check the network, HTTPS_PROXY and NO_PROXY.';
    return new CloudError(`Cannot get Google credentials: ${short}.`, { hint, mayPass: true });
  }
  return new CloudError(`Cannot use the Google credentials of ${where}: ${short}.`, details);
}

async function printedToken({ env, signal, trace }: SignInContext): Promise<string> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(gcloudMs)]);
  trace?.('GCP runs gcloud auth print-access-token');
  const [printed, why] = await new Promise<[string, string]>((resolve) => {
    const child = spawn('gcloud', ['auth', 'print-access-token'], { env: { ...env }, signal: limit });
    let output = '';
    child.stdin?.end();
    child.stderr?.resume();
    child.stdout?.on('data', (part) => {
      output += part;
    });
    child.once('error', () => resolve(['', limit.aborted ? 'gcloud (no answer in 30 s)' : 'gcloud']));
    child.once('close', (code) => resolve([output.trim(), `gcloud (exit code ${code})`]));
  });
  signal.throwIfAborted();
  if (/^[\w.~+/=-]+$/.test(printed)) return printed;
  const looked = [
    ...['GOOGLE_OAUTH_ACCESS_TOKEN', 'CLOUDSDK_AUTH_ACCESS_TOKEN_FILE', 'GOOGLE_APPLICATION_CREDENTIALS'],
    ...['application_default_credentials.json in the folder of gcloud', "Google's metadata server"],
  ].join(', ');
  const hint = { ...signIn, text: 'Sign in:' };
  throw new CloudError(`No Google credentials found in ${looked} or ${why}.`, { exit: 'notAllowed', hint });
}
