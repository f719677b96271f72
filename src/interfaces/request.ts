import {
  checkGcpProject,
  checkInterfaceId,
  checkIp,
  type InterfaceRequest,
  interfaceKind,
  parseForwardingRule,
} from '../atlas/interfaces.js';
import type { Provider } from '../atlas/provider.js';
import { UsageError } from '../base/errors.js';

/** The options that say what to attach. */
export interface RequestOptions {
  /** AWS `vpce-…`, the resource id of an Azure private endpoint, the name of a GCP endpoint group. */
  id?: string | undefined;
  /** Azure. */
  ip?: string | undefined;
  /** GCP. */
  gcpProject?: string | undefined;
  group?: string | undefined;
  /** Of a GCP endpoint group: `name@ip`. */
  rules?: readonly string[] | undefined;
}

/** Reads which cloud the options are of, where they leave it open the `likely` one, and what they say. Throws usage errors. */
export function readRequest(
  options: RequestOptions,
  likely: Provider | undefined,
): { provider: Provider; request: InterfaceRequest } {
  const { id, ip, gcpProject, group, rules } = options;
  const given = { '--gcp-project': gcpProject, '--group': group, '--endpoint': rules };
  const [ofGcp] = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : name));
  const cloud = (id === undefined ? undefined : interfaceKind(id)) ?? likely;
  if (ofGcp !== undefined && cloud !== undefined && cloud !== 'GCP')
    throw new UsageError(`${ofGcp} is for GCP, and this is ${cloud}.`, 'Leave it out.');
  const isGcp = ofGcp !== undefined || cloud === 'GCP';
  if (isGcp && ip !== undefined)
    throw new UsageError('--ip is for Azure, and this is GCP.', 'Give the address with --endpoint name@ip.');
  if (cloud === 'AWS' && ip !== undefined) throw new UsageError('--ip is for Azure, and this is AWS.', 'Leave it out.');
  if (isGcp) return { provider: 'GCP', request: readGcp(options) };
  if (id === undefined)
    throw new UsageError('Which interface endpoint to add is missing.', 'For example vpce-0123456789abcdef0');
  if (ip !== undefined) {
    return { provider: 'AZURE', request: { provider: 'AZURE', id: checkInterfaceId('AZURE', id), ip: checkIp(ip) } };
  }
  if (id.startsWith('/') || cloud === 'AZURE') {
    throw new UsageError('The address of the Azure private endpoint is missing.', 'Give it with --ip.');
  }
  return { provider: 'AWS', request: { provider: 'AWS', id: checkInterfaceId('AWS', id) } };
}

function readGcp({ id, gcpProject, group = id, rules = [] }: RequestOptions): InterfaceRequest {
  if (id?.includes('@'))
    throw new UsageError(
      `'${id}' is a forwarding rule, not a group.`,
      'Separate rules with commas: --endpoint a@ip,b@ip',
    );
  if (id !== undefined && group !== id)
    throw new UsageError(`'${id}' and --group ${group} name two groups.`, 'Leave one of them out.');
  const endpoints = [...new Set(rules)].map(parseForwardingRule);
  if (gcpProject === undefined) throw new UsageError('The GCP project is missing.', 'Give it with --gcp-project.');
  // With port mapping a single forwarding rule is all there is, and the group is called like it.
  const name = group ?? (endpoints.length === 1 ? endpoints[0]?.name : undefined);
  if (endpoints.length === 0)
    throw new UsageError('The forwarding rules are missing.', 'Give each with --endpoint name@ip.');
  if (name === undefined) throw new UsageError('The name of the endpoint group is missing.', 'Give it with --group.');
  return {
    ...{ provider: 'GCP', id: checkInterfaceId('GCP', name), endpoints },
    gcpProject: checkGcpProject(gcpProject),
  };
}
