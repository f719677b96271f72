import { cmd } from '../base/shell.js';
import { clouds, type Provider } from '../clouds/all.js';
import type { CloudFacts } from '../clouds/facts.js';
import type { Context } from '../endpoints/context.js';
import { yesOf } from '../endpoints/next-step.js';

/* Command lines that remove what stays in the user's cloud, and is billed. `signIn`: the options that sign in to it. */

type Hinting = Pick<Context, 'io' | 'settings'>;

/** Deletes an endpoint of ours, and detaches it. */
export function deletingOurs(context: Hinting, serviceId: string, id: string, signIn: readonly string[]): string {
  return context.settings.commandLine(cmd`disconnect ${serviceId} ${id} --keep-service ${signIn} ${yesOf(context)}`);
}

/** Removes what remains of an Atlas service that is gone. */
export function deletingLeftovers(
  context: Hinting,
  { serviceId, region }: { serviceId: string; region: string },
  signIn: readonly string[],
): string {
  return context.settings.commandLine(cmd`disconnect ${serviceId} --region ${region} ${signIn} ${yesOf(context)}`);
}

/** With the cloud's CLI, what an interface endpoint used, whoever created it. None in the sandbox. */
export function deletingAny(
  { settings }: Pick<Context, 'settings'>,
  provider: Provider,
  attached: Parameters<CloudFacts['interfaces']['cleanUp']>[0],
): string[] {
  const lines = settings.profile.isSandbox ? [] : clouds[provider].interfaces.cleanUp(attached);
  return lines.map(({ text }) => text);
}
