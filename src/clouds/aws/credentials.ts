import type { Agent } from 'node:https';
import { getDefaultRoleAssumer, getDefaultRoleAssumerWithWebIdentity } from '@aws-sdk/client-sts';
import { type FromIniInit, fromIni } from '@aws-sdk/credential-provider-ini';
import { credentialsTreatedAsExpired, defaultProvider } from '@aws-sdk/credential-provider-node';
import { memoize } from '@smithy/core/config';
import { CliError, orNone } from '../../base/errors.js';
import { cmd } from '../../base/shell.js';
import type { RequestError } from '../../http/request-error.js';
import type { SignInContext } from '../cloud.js';
import type { Access } from './ec2.js';
import { noCredentials, toRequestError, unanswered } from './explain.js';
import { checkAwsProfile, lineage } from './profiles.js';
import { Transport } from './transport.js';

interface CredentialOptions extends Pick<SignInContext, 'clock' | 'signal' | 'trace' | 'proxyTo' | 'env'> {
  httpsAgent: Agent;
  /** Asks the user for the code of an MFA device; undefined if nobody can answer. */
  askCode: ((device: string) => Promise<string>) | undefined;
}

/** The settings of a profile that say where its credentials come from. If one is set, no other source is tried. */
const sources = [
  ...['aws_access_key_id', 'credential_process', 'login_session', 'role_arn', 'web_identity_token_file'],
  ...['sso_session', 'sso_start_url', 'sso_account_id'],
];

const ofCode =
  'A code works only once: try again with the next one. If that fails, check the role and its mfa_serial.';

/** Finds credentials as the AWS CLI does, once for a command. Asks for an MFA code now: later there are time limits. */
export async function openCredentials(given: string | undefined, options: CredentialOptions) {
  const { env, signal, askCode } = options;
  const profile = given ?? (env.AWS_PROFILE || undefined);
  const named = profile === undefined ? {} : { profile };
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN } = env;
  // Like the AWS CLI, and unlike the SDK, prefers keys in the environment to a profile that the environment names.
  const keys = given === undefined && accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined;
  const profiles = await lineage(profile);
  // One for all tries: the SDK does not try again to renew an SSO session within 30 s.
  const requestHandler = new CredentialTransport(options);
  // `ask` tries again. SSO has a region of its own.
  const clientConfig = { requestHandler, maxAttempts: 1 };
  const needsCode = !keys && profiles.some(({ mfa_serial }) => mfa_serial !== undefined);

  /** `region`: of the client that needs credentials. */
  async function find(region?: string) {
    if (profile !== undefined) await checkAwsProfile(profile, env);
    if (given === undefined && !accessKeyId !== !secretAccessKey) {
      const message = 'Only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set.';
      throw new CliError('notAllowed', message, { hint: 'Set both, or unset both.' });
    }
    if (keys) return { ...keys, ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }) };
    const preferred = profiles[0]?.region ?? region ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION || 'us-east-1');
    const sts = { ...clientConfig, ...named, region: preferred };
    const assumers = roleAssumers(sts, profile, (device) => mfaCode(askCode, device, profile));
    const init = { ...named, clientConfig, ...assumers };
    try {
      return await (sources.some((key) => profiles[0]?.[key] !== undefined)
        ? fromIni(init)
        : defaultProvider(init))();
    } catch (error) {
      signal.throwIfAborted();
      if (requestHandler.lost) throw requestHandler.lost;
      // The user may have interrupted the question.
      throw error instanceof CliError ? error : await noCredentials(error, profile);
    }
  }

  if (needsCode) {
    // Asks only once.
    const found = find();
    await orNone(found);
    return { ...named, credentials: () => found };
  }
  let region: string | undefined;
  const isTemporary = ({ expiration }: Awaited<ReturnType<typeof find>>) => expiration !== undefined;
  const found = memoize(() => find(region), credentialsTreatedAsExpired, isTemporary);
  const credentials: Access['credentials'] = async (about) => {
    region = await about?.callerClientConfig?.region();
    return found();
  };
  return { ...named, credentials };
}

async function mfaCode(ask: CredentialOptions['askCode'], device: string, profile = 'default') {
  if (!ask) {
    const text = 'Run the command in a terminal, or set the variables that this command prints:';
    const commands = [cmd`aws configure export-credentials --profile ${profile} --format env`.text];
    const message = `The AWS profile '${profile}' needs an MFA code.`;
    throw new CliError('notAllowed', message, { hint: { text, commands } });
  }
  const code = (await ask(device)).trim();
  // AWS would repeat it in its error.
  if (!/^\d{6}$/.test(code)) throw new CliError('usage', 'An MFA code has 6 digits.');
  return code;
}

function roleAssumers(
  sts: Parameters<typeof getDefaultRoleAssumer>[0] & { region: string },
  profile: string | undefined,
  codeOf: (device: string) => Promise<string>,
): FromIniInit {
  const explained = (action: string, hint?: string) => async (error: unknown) => {
    const fault = await toRequestError(error, { action, region: sts.region, profile });
    throw hint !== undefined && fault.exit === 'notAllowed' ? fault.withHint(hint) : fault;
  };
  return {
    // roleAssumer asks for the code, when the credentials for the role exist.
    mfaCodeProvider: async () => '',
    roleAssumer: async (source, { SerialNumber, ...role }) => {
      const code = SerialNumber === undefined ? {} : { SerialNumber, TokenCode: await codeOf(SerialNumber) };
      const failed = explained('sts:AssumeRole', SerialNumber && ofCode);
      return getDefaultRoleAssumer(sts)(source, { ...role, ...code }).catch(failed);
    },
    roleAssumerWithWebIdentity: (params) =>
      getDefaultRoleAssumerWithWebIdentity(sts)(params).catch(explained('sts:AssumeRoleWithWebIdentity')),
  };
}

/** Sends the SDK's requests for credentials. The SDK hides what fails, so this keeps the last exchange if that failed. */
class CredentialTransport extends Transport {
  lost: RequestError | undefined;

  constructor(private readonly way: CredentialOptions) {
    const { httpsAgent, proxyTo } = way;
    super({ requestTimeout: 30_000, throwOnRequestTimeout: true, httpsAgent }, proxyTo);
  }

  override async handle(...[request]: Parameters<Transport['handle']>): ReturnType<Transport['handle']> {
    const { clock, signal, trace } = this.way;
    const host = request.port ? `${request.hostname}:${request.port}` : request.hostname;
    const started = clock.monotonic();
    let proxy: string | undefined;
    const end = (status: number | string, error?: unknown) => {
      const via = proxy === undefined ? '' : ` (via proxy ${proxy})`;
      trace?.(`AWS ${request.method} ${host} ${status} ${Math.round(clock.monotonic() - started)} ms${via}`);
      this.lost = error === undefined ? undefined : unanswered(host, proxy, error);
    };
    try {
      proxy = this.proxyTo(`${request.protocol}//${host}`);
      const answer = await super.handle(request, { abortSignal: signal });
      const { statusCode } = answer.response;
      end(statusCode, statusCode < 500 ? undefined : new Error(`HTTP ${statusCode}`));
      return answer;
    } catch (error) {
      end('-', error);
      throw error;
    }
  }
}
