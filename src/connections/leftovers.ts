import { isAtlasId } from '../atlas/ids.js';
import type { Endpoint } from '../atlas/model.js';
import { grouped } from '../base/grouped.js';
import type { Hint } from '../base/hint.js';
import { listed } from '../base/listed.js';
import { cmd } from '../base/shell.js';
import type { Owned } from '../cloud-side/cloud-side.js';
import { clouds } from '../clouds/all.js';
import { yesOf } from '../endpoints/next-step.js';
import type { Session } from '../endpoints/session.js';

/** The command line that removes what is left of an Atlas service. `signIn`: its options for the cloud. */
export function removing(session: Session, { ownerId, region }: Owned, signIn: readonly string[]): string {
  return session.commandLine(cmd`disconnect ${ownerId ?? ''} --region ${region} ${signIn} ${yesOf(session)}`);
}

/** Notes on what is left of services that no longer exist, with its ids and the command lines that remove it. */
export async function leftoverNotes(
  session: Session,
  { projectId, provider, service }: Pick<Endpoint, 'projectId' | 'provider'> & { service: Endpoint | undefined },
  owned: readonly Owned[],
  signIn: readonly string[],
): Promise<(Hint & { ids: readonly string[] })[]> {
  const others = owned.filter(({ ownerId }) => ownerId !== service?.id && isAtlasId(ownerId ?? ''));
  if (others.length === 0) return [];
  const services = await (await session.atlas()).listServices(projectId, provider);
  const left = others.filter(({ ownerId }) => services.every(({ id }) => id !== ownerId));
  const commandOf = (each: Owned) => removing(session, each, signIn);
  return grouped(left, commandOf).map((same) => {
    const ids = same.map(({ id }) => id);
    const text = `${listed(ids)}: left over from an Atlas service that no longer exists. ${clouds[provider].title} bills endpoints until they are deleted. To remove this:`;
    return { text, commands: [commandOf(same[0])], ids };
  });
}
