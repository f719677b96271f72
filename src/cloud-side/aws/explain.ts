import { codeOf, reasonOf } from '../../base/errors.js';
import type { Advice } from '../../base/hint.js';
import { cmd, option } from '../../base/shell.js';
import { CloudError, NoCloudCredentialsError } from '../errors.js';
import { exitOf, kindOf, unsent } from './codes.js';

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
      hint: 'Check the network, then try again.',
      mayPass: true,
      mayHaveArrived: true,
      cause: error,
    });
  }
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') return noCredentials(error, about);
  // The SDK couldn't read the answer to a request that AWS accepted.
  if (status !== null && status < 400) return brokenAnswer(action, error);
  if (status !== null) return refusal(error, name, status, about);
  const code = codeOf(error) ?? name;
  return new CloudError(`Cannot reach AWS for ${action}: ${detailOf(error)}${code === 'Error' ? '' : ` (${code})`}.`, {
    hint: `Check the network, the proxy settings and the region ${about.region}.`,
    // Nothing was sent if there was no connection.
    mayPass: true,
    mayHaveArrived: !unsent.includes(code),
    cause: error,
  });
}

/** AWS accepted a request, but what it did can't be read from the answer. */
export function brokenAnswer(action: string, cause?: unknown): CloudError {
  return new CloudError(`AWS sent an invalid response to ${action}.`, {
    hint: 'Check the network and the proxy settings, then try again.',
    mayPass: true,
    mayHaveArrived: true,
    cause,
  });
}

async function refusal(
  error: unknown,
  name: string,
  status: number,
  { action, region, profile }: About,
): Promise<CloudError> {
  const facts = { errorCode: name, status, cause: error };
  const said = detailOf(error);
  const kind = kindOf(name);
  if (kind === 'denied') {
    const hint = 'Ask an administrator for this permission. docs/connect.md lists all required permissions.';
    return new CloudError(`AWS denied ${action}: ${said} (${name}).`, { ...facts, exit: 'notAllowed', hint });
  }
  if (kind === 'expired') {
    const hint = await signInAgain(profile);
    return new NoCloudCredentialsError(`The AWS credentials have expired (${name}).`, {
      ...facts,
      exit: 'notAllowed',
      hint,
    });
  }
  if (kind === 'expiredOrSkewed') {
    return new NoCloudCredentialsError(
      `The AWS credentials have expired, or the clock of this machine is wrong (${name}).`,
      {
        ...facts,
        exit: 'notAllowed',
        hint: await signInAgain(profile),
        // The SDK sets its clock right after one of these.
        mayPass: true,
      },
    );
  }
  if (kind === 'badKeys') {
    const hint = { text: 'Check which profile and account are in use:', commands: ['aws sts get-caller-identity'] };
    return new CloudError(`AWS rejected the credentials: ${said} (${name}).`, {
      ...facts,
      exit: 'notAllowed',
      hint,
    });
  }
  if (kind === 'notEnabled') {
    const hint = 'Enable the region, or choose another region.';
    return new CloudError(`The region ${region} is not enabled for the AWS account (${name}).`, {
      ...facts,
      exit: 'notAllowed',
      hint,
    });
  }
  const isLimit = kind === 'limit';
  const isTrouble = status >= 500;
  const exit = exitOf(name);
  return new CloudError(`AWS rejected ${action}: ${said} (${name}).`, {
    ...facts,
    hint: isLimit || isTrouble ? 'Wait a moment, then try again.' : hintOf(exit, region),
    mayPass: isLimit || isTrouble,
    mayHaveArrived: isTrouble && !isLimit,
    ...(exit !== undefined && { exit }),
  });
}

async function noCredentials(error: unknown, { profile }: About): Promise<CloudError> {
  if (await usesSso(profile)) {
    return new NoCloudCredentialsError(`Cannot use the AWS SSO session: ${detailOf(error)}.`, {
      exit: 'notAllowed',
      cause: error,
      hint: await signInAgain(profile),
    });
  }
  const which = profile === undefined ? '' : ` for the profile '${profile}'`;
  return new NoCloudCredentialsError(`No AWS credentials found${which}: ${detailOf(error)}.`, {
    exit: 'notAllowed',
    hint: 'Configure credentials as you do for the AWS CLI, or choose a profile with --aws-profile.',
    cause: error,
  });
}

async function signInAgain(profile: string | undefined): Promise<Advice> {
  if (!(await usesSso(profile))) return 'Renew the credentials that the AWS CLI uses.';
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
  return words.join(' ').replace(/\.?(?: Encoded authorization failure message:)?$/, '');
}

function hintOf(exit: ReturnType<typeof exitOf>, region: string): string | undefined {
  return exit === 'notFound' ? `Check the id, the AWS account and the region ${region}.` : undefined;
}
