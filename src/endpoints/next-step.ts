import type { Endpoint } from '../atlas/model.js';
import { isReady } from '../atlas/status.js';
import { texts } from '../base/json.js';
import { cmd, option } from '../base/shell.js';
import { clouds } from '../clouds/all.js';
import { referTo } from './find.js';
import type { Session } from './session.js';

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
  if (status === 'INITIATING') {
    return io.hint({ text: 'Wait until it is ready:', commands: [commandLine(cmd`wait ${reference}`)] });
  }
  if (status === 'FAILED') {
    return io.hint({ text: deleteFirst, commands: replacing(session, endpoint, reference) });
  }
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
    session.commandLine(cmd`create --provider ${provider.toLowerCase()} --region ${region} ${more}`),
  ];
}
