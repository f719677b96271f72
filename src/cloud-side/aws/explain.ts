import { codeOf, reasonOf } from '../../base/errors.js';
import type { Advice } from '../../base/hint.js';
import { cmd, option } from '../../base/shell.js';
import { CloudError, NoCloudCredentialsError } from '../errors.js';

interface About {
  /** As IAM writes it. */
  action: string;
  region: string;
  profile: string | undefined;
  isTimeout: boolean;
}

/** Turns what the SDK throws into an error that says what to do. */
export async function toCloudError(error: unknown, about: About): Promise<CloudError> {
  const { action, isTimeout } = about;
  const { name, status } = factsOf(error);
  if (isTimeout || name === 'TimeoutError') {
    return new CloudError(`No response from AWS to ${action}.`, {
      hint: 'Check the network, then run it again.',
      ...{ mayPass: true, mayHaveArrived: true, cause: error },
    });
  }
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') return noCredentials(error, about);
  if (status !== null) return refusal(error, name, status, about);
  const code = codeOf(error) ?? name;
  return new CloudError(`Cannot reach AWS for ${action}: ${reasonOf(error)}${code === 'Error' ? '' : ` (${code})`}`, {
    hint: `Check the network, and that AWS has a region ${about.region}.`,
    // Nothing was sent if there was no connection.
    ...{ mayPass: true, mayHaveArrived: !unsent.includes(code), cause: error },
  });
}

const unsent = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];

/** Each says that nothing was done, since there were too many requests. */
const limits = [
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'RequestThrottled',
];

/** EC2 says so of both. */
const expiredOrSkewed = ['RequestExpired', 'RequestTimeTooSkewed', 'RequestInTheFuture'];

const denied = ['UnauthorizedOperation', 'AccessDenied', 'AccessDeniedException'];

const badKeys = [
  ...['AuthFailure', 'InvalidClientTokenId', 'SignatureDoesNotMatch', 'UnrecognizedClientException'],
  ...['IncompleteSignature', 'MissingAuthenticationToken', 'InvalidAccessKeyId'],
];

const expired = ['ExpiredToken', 'ExpiredTokenException'];

async function refusal(
  error: unknown,
  name: string,
  status: number,
  { action, region, profile }: About,
): Promise<CloudError> {
  const facts = { errorCode: name, status, cause: error };
  const said = detailOf(error);
  if (denied.includes(name)) {
    const hint = 'Ask an administrator for this permission. docs/connect.md lists all of them.';
    return new CloudError(`AWS does not allow ${action}: ${said} (${name})`, { ...facts, exit: 'notAllowed', hint });
  }
  if (expired.includes(name)) {
    const hint = await signInAgain(profile);
    return new NoCloudCredentialsError(`The AWS credentials have expired (${name}).`, {
      ...facts,
      exit: 'notAllowed',
      hint,
    });
  }
  if (expiredOrSkewed.includes(name)) {
    return new NoCloudCredentialsError(
      `The AWS credentials have expired, or the clock of this machine is wrong (${name}).`,
      {
        ...{ ...facts, exit: 'notAllowed', hint: await signInAgain(profile) },
        // The SDK sets its clock right after one of these.
        mayPass: true,
      },
    );
  }
  if (badKeys.includes(name)) {
    const hint = 'Check which profile and account are in use: aws sts get-caller-identity';
    return new CloudError(`AWS does not accept the credentials: ${said} (${name})`, {
      ...facts,
      exit: 'notAllowed',
      hint,
    });
  }
  if (name === 'OptInRequired') {
    const hint = 'Enable the region for the account, or choose another one.';
    return new CloudError(`The AWS account has not enabled ${region} (${name}).`, {
      ...facts,
      exit: 'notAllowed',
      hint,
    });
  }
  const isLimit = limits.includes(name);
  const isTrouble = status >= 500;
  const exit = exitOf(name);
  return new CloudError(`AWS refused ${action}: ${said} (${name})`, {
    ...facts,
    hint: isLimit || isTrouble ? 'Wait a little, then run it again.' : hintOf(exit, region),
    mayPass: isLimit || isTrouble,
    mayHaveArrived: isTrouble && !isLimit,
    ...(exit !== undefined && { exit }),
  });
}

async function noCredentials(error: unknown, { profile = process.env.AWS_PROFILE }: About): Promise<CloudError> {
  if (await usesSso(profile)) {
    return new NoCloudCredentialsError(`Cannot use the AWS SSO session: ${reasonOf(error)}`, {
      ...{ exit: 'notAllowed', cause: error, hint: await signInAgain(profile) },
    });
  }
  const which = profile === undefined ? '' : ` for the profile '${profile}'`;
  return new NoCloudCredentialsError(`No AWS credentials were found${which}: ${reasonOf(error)}`, {
    exit: 'notAllowed',
    hint: 'Sign in as for the AWS CLI, or choose a profile with --aws-profile.',
    cause: error,
  });
}

async function signInAgain(profile = process.env.AWS_PROFILE): Promise<Advice> {
  if (!(await usesSso(profile))) return 'Get new credentials, as for the AWS CLI.';
  return { text: 'Sign in again:', commands: [cmd`aws sso login ${option('--profile', profile)}`.text] };
}

/** Whether a profile of the AWS configuration signs in with SSO. */
async function usesSso(profile = 'default'): Promise<boolean> {
  const { loadSharedConfigFiles } = await import('@smithy/core/config');
  const { configFile } = await loadSharedConfigFiles().catch(() => ({ configFile: {} as Record<string, never> }));
  const { sso_session: session, sso_start_url: url } = (configFile[profile] ?? {}) as Record<
    string,
    string | undefined
  >;
  return session !== undefined || url !== undefined;
}

/** The name of an error is AWS's code; without a status there was no answer. */
function factsOf(error: unknown): { name: string; status: number | null } {
  const { name, $metadata } = Object(error) as { name?: unknown; $metadata?: { httpStatusCode?: unknown } };
  const status = $metadata?.httpStatusCode;
  return { name: typeof name === 'string' ? name : 'Error', status: typeof status === 'number' ? status : null };
}

/** What AWS says, but for the encoded part that only a program can read, and without a full stop. */
function detailOf(error: unknown): string {
  const words = reasonOf(error)
    .split(/\s+/)
    .filter((word) => word.length < 200);
  return words.join(' ').replace(/(?: Encoded authorization failure message:)?\.?$/, '');
}

function hintOf(exit: ReturnType<typeof exitOf>, region: string): string | undefined {
  return exit === 'notFound' ? `Check the id, the AWS account and the region ${region}.` : undefined;
}

/** EC2's codes end alike where something isn't there, or is no id at all. */
function exitOf(code: string): 'notFound' | 'usage' | undefined {
  if (code.endsWith('.NotFound')) return 'notFound';
  return code.endsWith('.Malformed') ? 'usage' : undefined;
}
