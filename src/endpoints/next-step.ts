import type { Endpoint } from '../atlas/model.js';
import { isLeaving, isReady } from '../atlas/status.js';
import { advise } from '../base/hint.js';
import { texts } from '../base/json.js';
import { mostListed } from '../base/listed.js';
import { cmd, option } from '../base/shell.js';
import { clouds } from '../clouds/all.js';
import { referrer, referTo } from './find.js';
import { isOlder, isOlderDisabled } from './port-mapping.js';
import type { Session } from './session.js';
import { nameOf } from './view.js';

/** Hinted commands that ask for confirmation need `--yes` if there is no terminal to ask in. */
export function yesOf({ io }: Pick<Session, 'io'>): readonly string[] {
  return io.isInteractive ? [] : ['--yes'];
}

/** Prints a hint for the next step with an endpoint. */
export async function hintNextStep(session: Session, endpoint: Endpoint): Promise<void> {
  const { io, commandLine } = session;
  if (!io.givesHints) return;
  const { status, interfaceEndpoints } = endpoint;
  const reference = await referTo(session, endpoint);
  if (status === 'INITIATING') return io.hint(advise(session, 'Wait until it is ready:', cmd`wait ${reference}`));
  // Only a conversion helps.
  if (isOlder(endpoint) && isOlderDisabled(endpoint.provider, session.clock.now())) return;
  if (status === 'FAILED') return io.hint({ text: deleteFirst, commands: replacing(session, endpoint, reference) });
  const next = clouds[endpoint.provider].service.connect(endpoint);
  if (!isReady(status) || interfaceEndpoints.length > 0 || !next) return;
  const { serviceAttachmentNames: services } = endpoint;
  const each =
    Array.isArray(services) && services.length > 1
      ? ` (one forwarding rule for each of the ${services.length} service attachments)`
      : '';
  const attach = commandLine(cmd`interface add ${reference} ${next.attach}`);
  io.hint({
    text: `Create an interface endpoint in your cloud account${each}, then attach it:`,
    commands: [next.command.text, attach],
  });
}

/** Prints a hint on how to convert the endpoints without port mapping, if there are any. */
export async function hintConversion(session: Session, endpoints: readonly Endpoint[]): Promise<void> {
  const { io, clock } = session;
  const older = endpoints.filter((each) => isOlder(each) && !isLeaving(each.status));
  const [first] = older;
  const end = first && clouds[first.provider].older;
  if (!io.givesHints || !first || !end) return;
  const refer = await referrer(session);
  const verb = clock.now() >= end.endsAt ? 'disabled' : 'disables';
  const [what, it] =
    older.length === 1 ? [`${nameOf(first)} has`, 'it'] : [`${older.length} private endpoints have`, 'them'];
  const text = `${what} no port mapping. Atlas ${verb} ${it} on ${end.day}. To convert ${it}:`;
  io.hint(advise(session, text, ...older.slice(0, mostListed).map((each) => cmd`convert ${refer(each)}`)));
}

export const deleteFirst = 'Delete it, then create it again:';

/** The command lines that delete an endpoint and create it again. */
export function replacing(
  session: Pick<Session, 'io' | 'commandLine'>,
  endpoint: Endpoint,
  reference: string,
): string[] {
  const { provider, region, id, projectId, supportedRemoteRegions: remote } = endpoint;
  const more = [
    ...option('--remote-region', texts(remote).join()),
    // An import id contains the project.
    ...option('--project', reference === id ? undefined : projectId),
  ];
  return [
    session.commandLine(cmd`delete ${reference} --wait ${yesOf(session)}`),
    session.commandLine(cmd`create ${region} --provider ${provider.toLowerCase()} ${more}`),
  ];
}
