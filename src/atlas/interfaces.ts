import { isIPv4 } from 'node:net';
import { UsageError } from '../base/errors.js';
import type { Endpoint, Json } from './model.js';
import { type Provider, providers } from './provider.js';
import { fields, text } from './read.js';
import { deleted } from './status.js';

/** An interface endpoint that is attached to a private endpoint service, as this tool shows it in every format. */
export interface InterfaceEndpoint {
  /** AWS `vpce-…`, the resource id of an Azure private endpoint, the name of a GCP endpoint group. */
  id: string;
  projectId: string;
  /** The private endpoint service that it is attached to. */
  endpointId: string;
  provider: Provider;
  /** The region of the service, in the cloud's own spelling. */
  region: string;
  /** What AWS calls connectionStatus, the others status; `DELETED` where it is gone. */
  status: string;
  errorMessage: string | null;
  /** Azure and GCP add keys of their own, named as in the API. */
  [key: string]: Json;
}

const ownKeys: Record<Provider, Record<string, (value: unknown) => Json>> = {
  AWS: {},
  AZURE: { privateEndpointIPAddress: text, privateEndpointConnectionName: text },
  GCP: { gcpProjectId: text, endpoints: forwardingRules },
};

/** Every key an interface endpoint can have, those of all clouds included. */
export const interfaceKeys: readonly string[] = [
  ...['id', 'projectId', 'endpointId', 'provider', 'region', 'status', 'errorMessage'],
  ...Object.values(ownKeys).flatMap(Object.keys),
];

/** Turns an answer of the API into the model. `id` is the one that was asked for: each cloud has another key for it. */
export function toInterface({ id: endpointId, projectId, provider, region }: Endpoint, id: string, answer: unknown) {
  const found = fields(answer, 'interface endpoint');
  const cloud = providers.find((name) => name === found.cloudProvider) ?? provider;
  return {
    ...{ id, projectId, endpointId, provider: cloud, region },
    status: text(found.connectionStatus) ?? text(found.status) ?? 'UNKNOWN',
    errorMessage: text(found.errorMessage),
    ...Object.fromEntries(Object.entries(ownKeys[cloud]).map(([key, read]) => [key, read(found[key])])),
  } satisfies InterfaceEndpoint as InterfaceEndpoint;
}

/** An interface endpoint that Atlas no longer has. */
export function goneInterface(service: Endpoint, id: string): InterfaceEndpoint {
  return toInterface(service, id, { cloudProvider: service.provider, status: deleted });
}

/** What it takes to attach an interface endpoint, by cloud. */
export type InterfaceRequest =
  | { provider: 'AWS'; id: string }
  | { provider: 'AZURE'; id: string; ip: string }
  | { provider: 'GCP'; id: string; gcpProject: string; endpoints: readonly { name: string; ip: string }[] };

/** The body of the request. */
export function interfaceBody(request: InterfaceRequest): Record<string, unknown> {
  switch (request.provider) {
    case 'AWS':
      return { id: request.id };
    case 'AZURE':
      return { id: request.id, privateEndpointIPAddress: request.ip };
    case 'GCP':
      return {
        endpointGroupName: request.id,
        gcpProjectId: request.gcpProject,
        endpoints: request.endpoints.map(({ name, ip }) => ({ endpointName: name, ipAddress: ip })),
      };
  }
}

const shapes: Record<Provider, { pattern: RegExp; what: string; example: string }> = {
  AWS: {
    pattern: /^vpce-[0-9a-f]{17}$/,
    what: 'an AWS interface endpoint',
    example: 'vpce-0123456789abcdef0',
  },
  AZURE: {
    pattern:
      /^\/subscriptions\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\/resourceGroups\/[\w.()-]+\/providers\/Microsoft\.Network\/privateEndpoints\/[\w.()-]+$/i,
    what: 'the resource id of an Azure private endpoint',
    example: '/subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.Network/privateEndpoints/NAME',
  },
  GCP: {
    pattern: /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    what: 'the name of a GCP endpoint group',
    example: 'my-group',
  },
};

/** The cloud whose interface endpoints have ids of this form; undefined for a name, which GCP has for everything. */
export function interfaceKind(id: string): 'AWS' | 'AZURE' | undefined {
  return (['AWS', 'AZURE'] as const).find((provider) => shapes[provider].pattern.test(id));
}

/** Checks what may be the id of an interface endpoint of any cloud. Throws a usage error. */
export function checkAnyInterfaceId(id: string): string {
  if (interfaceKind(id) || (shapes.GCP.pattern.test(id) && !id.startsWith('vpce-'))) return id;
  const examples = providers.map((provider) => shapes[provider].example).join(', ');
  throw new UsageError(`'${id}' is not an interface endpoint.`, `For example ${examples}`);
}

/** Checks the id of an interface endpoint by its cloud. Throws a usage error. */
export function checkInterfaceId(provider: Provider, id: string): string {
  const { pattern, what, example } = shapes[provider];
  if (pattern.test(id)) return id;
  throw new UsageError(`'${id}' is not ${what}.`, `For example ${example}`);
}

/** Checks an IPv4 address, or an IPv6 address with all its eight groups: Atlas takes no other. Throws a usage error. */
export function checkIp(ip: string): string {
  if (isIPv4(ip) || /^(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}$/i.test(ip)) return ip;
  throw new UsageError(`'${ip}' is not an IP address.`, 'For example 10.0.0.4');
}

/** Reads `name@ip`, a GCP forwarding rule. Throws a usage error. */
export function parseForwardingRule(rule: string): { name: string; ip: string } {
  const [name = '', ip, ...rest] = rule.split('@');
  if (ip === undefined || rest.length > 0 || !shapes.GCP.pattern.test(name)) {
    throw new UsageError(`'${rule}' is not a forwarding rule.`, 'They read name@ip, for example rule-0@10.0.0.4');
  }
  return { name, ip: checkIp(ip) };
}

/** Checks the id of a GCP project: 6 to 30 lowercase letters, digits and dashes. Throws a usage error. */
export function checkGcpProject(id: string): string {
  if (/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(id)) return id;
  throw new UsageError(`'${id}' is not the id of a GCP project.`, 'For example my-project-123');
}

function forwardingRules(value: unknown): Json {
  if (!Array.isArray(value)) return [];
  return value.map((each) => {
    const rule = Object(each) as Record<string, unknown>;
    return { endpointName: text(rule.endpointName), ipAddress: text(rule.ipAddress), status: text(rule.status) };
  });
}
