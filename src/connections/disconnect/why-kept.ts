import { CliError } from '../../base/errors.js';
import { hintLine } from '../../base/hint.js';
import { cmd } from '../../base/shell.js';
import { clouds } from '../../clouds/all.js';
import { referTo } from '../../endpoints/find.js';
import { yesOf } from '../../endpoints/next-step.js';
import type { Session } from '../../endpoints/session.js';
import type { Found, Plan } from './plan.js';

/** If an endpoint stays connected: the error, and the same for the plan. Both have the commands that remove it. */
export async function whyKept(
  session: Session,
  found: Found,
  { kept }: Plan,
): Promise<{ error: CliError; note: string } | undefined> {
  const { service, belongings, provider, keepsService } = found;
  if (kept === undefined || !service) return undefined;
  const { title } = clouds[provider];
  const isThere = belongings.some(({ endpoints }) => endpoints.some(({ id }) => id === kept));
  const why = isThere
    ? `atlas-pe did not create ${kept}: it does not have the tags of atlas-pe`
    : `${kept} is not in this ${title} account and region, so atlas-pe cannot tell who created it`;
  const reference = await referTo(session, service);
  const isAttached = service.interfaceEndpoints.includes(kept);
  const isUsed = keepsService || service.interfaceEndpoints.some((id) => id !== kept);
  const yes = yesOf(session);
  const commands = [
    ...(isAttached ? [cmd`interface remove ${reference} ${kept} --wait ${yes}`] : []),
    ...(isUsed ? [] : [cmd`delete ${reference} ${yes}`]),
  ];
  const message = `${why}. disconnect does not remove it.`;
  if (commands.length === 0) return { error: new CliError('conflict', message), note: message };
  const hint = { text: 'To remove it on purpose:', commands: commands.map(session.commandLine) };
  return { error: new CliError('conflict', message, { hint }), note: `${message} ${hintLine(hint)}` };
}
