import type { InterfaceEndpoint } from '../../atlas/interfaces.js';
import type { Endpoint } from '../../atlas/model.js';
import { deleted } from '../../atlas/status.js';

/*
 * What exists as Terraform writes it, for the resources `mongodbatlas_privatelink_endpoint` and `…_endpoint_service` of
 * today's provider; the import ids are those of its documentation.
 */

/** An endpoint, and the interface endpoints attached to it as they were read. */
export interface Described {
  endpoint: Endpoint;
  interfaces: readonly InterfaceEndpoint[];
}

/** Import blocks and resource blocks (Terraform 1.5 and later) that describe these, but for what is being deleted. */
export function terraformOf(all: readonly Described[]): string {
  const names = new Names();
  const stays = ({ status }: { status: string }) => status !== 'DELETING' && status !== deleted;
  return all
    .filter(({ endpoint }) => stays(endpoint))
    .flatMap(({ endpoint, interfaces }) => {
      const name = names.of(
        `${endpoint.provider === 'AWS' ? '' : `${endpoint.provider}_`}${endpoint.region}`,
        endpoint.id,
      );
      const parts = interfaces
        .filter(stays)
        .map((each) => interfaceBlocks(each, name, names.of(`${name}_${shortName(each.id)}`, each.id)));
      return [endpointBlocks(endpoint, name), ...parts];
    })
    .join('\n');
}

type Value = string | boolean | readonly string[] | Raw | undefined;

/** An expression that is no string, such as a reference. */
class Raw {
  constructor(readonly text: string) {}
}

function endpointBlocks(endpoint: Endpoint, name: string): string {
  const { projectId, id, provider, atlasRegion, supportedRemoteRegions, portMappingEnabled } = endpoint;
  const remote = Array.isArray(supportedRemoteRegions)
    ? supportedRemoteRegions.map((region) => String(region).toUpperCase().replaceAll('-', '_'))
    : [];
  return blocks('mongodbatlas_privatelink_endpoint', name, `${projectId}-${id}-${provider}-${atlasRegion}`, {
    project_id: projectId,
    provider_name: provider,
    region: atlasRegion,
    supported_remote_regions: remote.length > 0 ? remote : undefined,
    port_mapping_enabled: portMappingEnabled === true ? true : undefined,
  });
}

function interfaceBlocks(attached: InterfaceEndpoint, endpoint: string, name: string): string {
  const { projectId, endpointId, id, provider, privateEndpointIPAddress, gcpProjectId, endpoints } = attached;
  const rules = Array.isArray(endpoints) ? endpoints.map((rule) => Object(rule) as Record<string, unknown>) : [];
  // With port mapping the forwarding rule, which the group is called like, is all there is.
  const [only] = rules;
  const isMapped = rules.length === 1 && only?.endpointName === id;
  const ip = privateEndpointIPAddress ?? (isMapped ? only?.ipAddress : undefined);
  const importId = [projectId, endpointId, id, provider].join('--');
  const nested = isMapped ? [] : rules;
  return blocks(
    'mongodbatlas_privatelink_endpoint_service',
    name,
    importId,
    {
      project_id: new Raw(`mongodbatlas_privatelink_endpoint.${endpoint}.project_id`),
      private_link_id: new Raw(`mongodbatlas_privatelink_endpoint.${endpoint}.private_link_id`),
      endpoint_service_id: id,
      provider_name: provider,
      private_endpoint_ip_address: typeof ip === 'string' ? ip : undefined,
      gcp_project_id: typeof gcpProjectId === 'string' ? gcpProjectId : undefined,
    },
    nested.map((rule) => {
      const lines = attributes(
        { endpoint_name: String(rule.endpointName), ip_address: String(rule.ipAddress) },
        '    ',
      );
      return `\n  endpoints {\n${lines}  }\n`;
    }),
  );
}

function blocks(
  type: string,
  name: string,
  importId: string,
  values: Record<string, Value>,
  nested: readonly string[] = [],
): string {
  const target = attributes({ to: new Raw(`${type}.${name}`), id: importId }, '  ');
  return `import {\n${target}}\n\nresource "${type}" "${name}" {\n${attributes(values, '  ')}${nested.join('')}}\n`;
}

/** Aligned as `terraform fmt` does it. */
function attributes(values: Record<string, Value>, indent: string): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  const width = Math.max(...given.map(([key]) => key.length));
  return given.map(([key, value]) => `${indent}${key.padEnd(width)} = ${literal(value)}\n`).join('');
}

function literal(value: Value): string {
  if (value instanceof Raw) return value.text;
  if (typeof value === 'string') return quoted(value);
  return Array.isArray(value) ? `[${value.map(quoted).join(', ')}]` : String(value);
}

/** A string that HCL reads back as it is: no escape, and no template, is left in it. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll('${', '$${').replaceAll('%{', '%%{');
}

/** Names for resources, each given once: the id's end tells two that would be called the same apart. */
class Names {
  readonly #taken = new Set<string>();

  of(wanted: string, id: string): string {
    const plain = wanted
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '_')
      .replaceAll(/^_+|_+$/g, '');
    const name = /^[a-z]/.test(plain) ? plain : `e_${plain}`;
    const tail = id
      .replaceAll(/[^a-z0-9]/gi, '')
      .slice(-8)
      .toLowerCase();
    let unique = this.#taken.has(name) ? `${name}_${tail}` : name;
    for (let count = 2; this.#taken.has(unique); count++) unique = `${name}_${tail}_${count}`;
    this.#taken.add(unique);
    return unique;
  }
}

/** Of an Azure resource id the name of the resource. */
function shortName(id: string): string {
  return id.split('/').at(-1) ?? id;
}
