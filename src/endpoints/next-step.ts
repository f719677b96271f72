import type { Endpoint } from '../atlas/model.js';
import { isReady } from '../atlas/status.js';
import { texts } from '../base/json.js';
import { cmd, option } from '../base/shell.js';
import { clouds } from '../clouds/all.js';
import { referTo } from './find.js';
import type { Session } from './session.js';

/** The words that a hinted command needs which asks first: where nobody can be asked, its answer. */
export function yesOf({ io }: Pick<Session, 'io'>): readonly string[] {
  return io.isInteractive ? [] : ['--yes'];
}

/** Hints at the next step worth taking with an endpoint. */
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
      ? `, with a forwarding rule for each of its ${services.length} service attachments`
      : '';
  const attach = commandLine(cmd`interface add ${reference} ${next.attach}`);
  io.hint({ text: `Connect to it${each}:`, commands: [next.command.text, attach] });
}

export const deleteFirst = 'Delete it, then create it again:';

/** The command lines that delete an endpoint and create one like it. */
export function replacing(
  session: Pick<Session, 'io' | 'commandLine'>,
  endpoint: Endpoint,
  reference: string,
): string[] {
  const { provider, region, id, projectId, supportedRemoteRegions: remote, portMappingEnabled } = endpoint;
  const more = [
    ...option('--remote-region', texts(remote).join()),
    ...(portMappingEnabled === true ? ['--port-mapping'] : []),
    // An import id names the project.
    ...option('--project', reference === id ? undefined : projectId),
  ];
  return [
    session.commandLine(cmd`delete ${reference} --wait ${yesOf(session)}`),
    session.commandLine(cmd`create --provider ${provider.toLowerCase()} --region ${region} ${more}`),
  ];
}
