import { cmd } from '../base/shell.js';
import { clouds, type Provider } from '../clouds/all.js';
import type { CloudFacts } from '../clouds/facts.js';
import { yesOf } from '../endpoints/next-step.js';
import type { Session } from '../endpoints/session.js';

/* Command lines that remove what stays in the user's cloud, and is billed. `signIn`: the options that sign in to it. */

type Hinting = Pick<Session, 'io' | 'commandLine'>;

/** Deletes an endpoint of ours, and detaches it. */
export function deletingOurs(session: Hinting, serviceId: string, id: string, signIn: readonly string[]): string {
  return session.commandLine(cmd`disconnect ${serviceId} ${id} --keep-service ${signIn} ${yesOf(session)}`);
}

/** Removes what remains of an Atlas service that is gone. */
export function deletingLeftovers(
  session: Hinting,
  { serviceId, region }: { serviceId: string; region: string },
  signIn: readonly string[],
): string {
  return session.commandLine(cmd`disconnect ${serviceId} --region ${region} ${signIn} ${yesOf(session)}`);
}

/** With the cloud's CLI, what an interface endpoint used, whoever created it. None in the sandbox. */
export function deletingAny(
  { profile }: Pick<Session, 'profile'>,
  provider: Provider,
  attached: Parameters<CloudFacts['interfaces']['cleanUp']>[0],
): string[] {
  const lines = profile.isSandbox ? [] : clouds[provider].interfaces.cleanUp(attached);
  return lines.map(({ text }) => text);
}
