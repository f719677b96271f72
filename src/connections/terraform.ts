import type { InterfaceEndpoint } from '../atlas/interfaces.js';
import type { Endpoint } from '../atlas/model.js';
import { isLeaving } from '../atlas/status.js';
import { texts } from '../base/json.js';
import { defaultProvider } from '../clouds/all.js';
import { regionNames } from '../clouds/regions.js';
import { codeEscape, oneLine, printable } from '../ui/streams.js';

/*
 * Writes existing endpoints as Terraform configuration: resources `mongodbatlas_privatelink_endpoint` and
 * `mongodbatlas_privatelink_endpoint_service` of the current provider. The import ids follow its documentation.
 */

/** An endpoint and its interface endpoints, as they were read. */
export interface Described {
  endpoint: Endpoint;
  interfaces: readonly InterfaceEndpoint[];
}

/**
 * Returns import blocks and resource blocks (Terraform 1.5 and later). Leaves out what is being deleted. Writes a
 * comment for what Terraform can't import.
 */
export function terraformOf(all: readonly Described[]): string {
  const names = new Names();
  const stays = ({ status }: { status: string }) => !isLeaving(status);
  return all
    .filter(({ endpoint }) => stays(endpoint))
    .flatMap(({ endpoint, interfaces }) => {
      const { id, provider, region } = endpoint;
      const why = whyNoImport(endpoint, endpointImportId(endpoint).split('-').length <= 6);
      const attached = interfaces.filter(stays);
      if (why !== undefined) {
        const too = attached.length > 0 ? ' and its interface endpoints are' : ' is';
        return [comment(`${region} ${id}${too} left out, because Terraform cannot import the endpoint: ${why}`)];
      }
      const name = names.of(`${provider === defaultProvider ? '' : `${provider}_`}${region}`, id);
      const parts = attached.map((each) => {
        const whyNot = whyNoImport(each, interfaceImportId(each).split('--').length === 4);
        if (whyNot !== undefined) {
          return comment(`${each.id} of ${region} ${id} is left out, because Terraform cannot import it: ${whyNot}`);
        }
        return interfaceBlocks(each, endpoint, name, names.of(`${name}_${shortName(each.id)}`, each.id));
      });
      return [endpointBlocks(endpoint, name), ...parts];
    })
    .join('\n');
}

/**
 * Why the provider can't import it; undefined if it can. The provider treats any error message as a failure, and splits
 * the import id at dashes.
 */
function whyNoImport(
  { status, errorMessage }: { status: string; errorMessage: string | null },
  isReadable: boolean,
): string | undefined {
  if (errorMessage) return `it is ${status} with the error "${errorMessage}".`;
  if (status === 'FAILED' || status === 'REJECTED') return `it is ${status}.`;
  return isReadable ? undefined : 'its region or id contains dashes, which separate the parts of an import id.';
}

/** A comment on one line. No text can end it early. */
function comment(text: string): string {
  return `# ${printable(oneLine(text))}\n`;
}

function endpointImportId({ projectId, id, provider, atlasRegion }: Endpoint): string {
  return `${projectId}-${id}-${provider}-${atlasRegion}`;
}

function interfaceImportId({ projectId, endpointId, id, provider }: InterfaceEndpoint): string {
  return [projectId, endpointId, id, provider].join('--');
}

type Value = string | boolean | readonly string[] | Raw | undefined;

/** An expression that is not a string, such as a reference. */
class Raw {
  constructor(readonly text: string) {}
}

function endpointBlocks(endpoint: Endpoint, name: string): string {
  const { projectId, provider, atlasRegion, supportedRemoteRegions, portMappingEnabled } = endpoint;
  const remote = texts(supportedRemoteRegions).map((region) => regionNames(provider, region).atlasRegion);
  return blocks('mongodbatlas_privatelink_endpoint', name, endpointImportId(endpoint), {
    project_id: projectId,
    provider_name: provider,
    region: atlasRegion,
    supported_remote_regions: remote.length > 0 ? remote : undefined,
    port_mapping_enabled: portMappingEnabled === true ? true : undefined,
  });
}

function interfaceBlocks(
  attached: InterfaceEndpoint,
  { portMappingEnabled }: Endpoint,
  endpoint: string,
  name: string,
): string {
  const { id, provider, privateEndpointIPAddress, gcpProjectId, endpoints } = attached;
  const rules = Array.isArray(endpoints) ? endpoints.map((rule) => Object(rule) as Record<string, unknown>) : [];
  // With port mapping, the only rule is the forwarding rule with the same name as the group.
  const [only] = rules;
  const isMapped = portMappingEnabled === true;
  const ip = privateEndpointIPAddress ?? (isMapped ? only?.ipAddress : undefined);
  const nested = isMapped ? [] : rules;
  return blocks(
    'mongodbatlas_privatelink_endpoint_service',
    name,
    interfaceImportId(attached),
    {
      project_id: new Raw(`mongodbatlas_privatelink_endpoint.${endpoint}.project_id`),
      private_link_id: new Raw(`mongodbatlas_privatelink_endpoint.${endpoint}.private_link_id`),
      endpoint_service_id: id,
      provider_name: provider,
      private_endpoint_ip_address: textOf(ip),
      gcp_project_id: textOf(gcpProjectId),
    },
    nested.map((rule) => {
      const lines = attributes(
        { endpoint_name: textOf(rule.endpointName), ip_address: textOf(rule.ipAddress) },
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

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Aligned like `terraform fmt`. */
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

/**
 * A string literal that HCL reads back unchanged. Quotes, backslashes, the start of a template and invisible characters
 * become escapes. HCL can't hold half of a surrogate pair, so that becomes U+FFFD. (Terraform normalizes every string
 * to NFC.)
 */
function quoted(text: string): string {
  const special = /["\\]|[$%](?=\{)|[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
  return `"${text.replaceAll(/\p{Surrogate}/gu, '\ufffd').replaceAll(special, (character) => named[character] ?? codeEscape(character))}"`;
}

const named: Record<string, string> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Makes unique resource names. If two would be equal, the end of the id is added. */
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

/** The name of the resource in an Azure resource id. */
function shortName(id: string): string {
  return id.split('/').at(-1) ?? id;
}
