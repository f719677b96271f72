import { CliError } from '../../base/errors.js';
import { cmd } from '../../base/shell.js';
import { clouds } from '../../clouds/all.js';
import { referTo } from '../../endpoints/find.js';
import { yesOf } from '../../endpoints/next-step.js';
import type { Session } from '../../endpoints/session.js';
import type { DisconnectFound, DisconnectPlan } from './plan.js';

/** The error for an endpoint that stays connected, with the commands that remove it; undefined if none does. */
export async function whyKept(
  session: Session,
  found: DisconnectFound,
  { kept }: DisconnectPlan,
): Promise<CliError | undefined> {
  const { service, belongings, provider, keepsService } = found;
  if (kept === undefined || !service) return undefined;
  const isThere = belongings.some(({ endpoints }) => endpoints.some(({ id }) => id === kept));
  const why = isThere
    ? `atlas-pe did not create ${kept}: it does not have the tags of atlas-pe`
    : `${kept} is not in this ${clouds[provider].title} account and region, so atlas-pe cannot tell who created it`;
  const [reference, yes] = [await referTo(session, service), yesOf(session)];
  const others = service.interfaceEndpoints.filter((id) => id !== kept);
  const isAttached = others.length < service.interfaceEndpoints.length;
  const commands = [
    ...(isAttached ? [cmd`interface remove ${reference} ${kept} --wait ${yes}`] : []),
    ...(keepsService || others.length > 0 ? [] : [cmd`delete ${reference} ${yes}`]),
  ].map(session.commandLine);
  const hint =
    commands.length === 0
      ? undefined
      : { text: `${isThere ? '' : 'Sign in to the account that has it. '}To remove it on purpose:`, commands };
  return new CliError('conflict', `${why}. disconnect does not remove it.`, { hint });
}
