import type { Endpoint, InterfaceEndpoint } from '../atlas/model.js';
import { isLeaving } from '../atlas/status.js';
import { type CliError, isFailure } from '../base/errors.js';
import { objects, text, texts } from '../base/json.js';
import { clouds, defaultProvider, type Provider } from '../clouds/all.js';
import type { TerraformResource } from '../clouds/facts.js';
import { canConnect } from '../clouds/found.js';
import { regionNames } from '../clouds/regions.js';
import { shortName } from '../clouds/shapes.js';
import { askEach, eachOf } from '../endpoints/ask.js';
import type { Context } from '../endpoints/context.js';
import { attachedTo, describeInterface, readAttached } from '../endpoints/interfaces/find.js';
import { type OpenRegion, openInspections } from './doctor/open-facts.js';
import { body, comment, imported, Raw } from './hcl.js';

/*
 * Writes existing endpoints as Terraform configuration: resources `mongodbatlas_privatelink_endpoint` and
 * `mongodbatlas_privatelink_endpoint_service` of the current provider, regional mode, and the user's end in the cloud.
 * The import ids follow the documentation of the providers.
 */

export type OnFailure = (what: string, error: CliError) => void;

/**
 * Endpoints as Terraform configuration, with the regional mode of their projects if they are `whole`. Reads their
 * interface endpoints, and the user's ends. Leaves out those that can't be read and calls `onFailure` for them.
 */
export async function writeTerraform(
  context: Pick<Context, 'atlas'>,
  { endpoints, whole }: { endpoints: readonly Endpoint[]; whole: boolean },
  open: OpenRegion,
  onFailure: OnFailure,
): Promise<string> {
  const atlas = await context.atlas();
  const projects = whole ? [...new Set(endpoints.map(({ projectId }) => projectId))] : [];
  const { answers, failures } = await askEach(projects, (id) => atlas.getRegionalMode(id));
  for (const [id, error] of failures) onFailure(`Regional mode of project ${id}`, error);
  const regional = projects.filter((id) => answers.get(id));
  const { inspection, close } = openInspections(open);
  /** After a failure, no more requests: most would fail in the same way, after the same wait. */
  let unread: string | undefined;
  const endOf = async (endpoint: Endpoint, id: string) => {
    if (!clouds[endpoint.provider].interfaces.terraform) return [];
    if (unread !== undefined) return unread;
    try {
      const found = await inspection(endpoint, id);
      if (!found) return `It is not in this ${clouds[endpoint.provider].account}.`;
      return canConnect(found) ? ((await found.resources?.()) ?? []) : `It is ${found.state}.`;
    } catch (error) {
      if (!isFailure(error)) throw error;
      unread = error.message;
      return unread;
    }
  };
  const describe = async (endpoint: Endpoint) => {
    const attached = attachedTo([endpoint]);
    const { answers, failures } = await askEach(attached, (each) => readAttached(context, each));
    for (const [each, error] of failures) onFailure(describeInterface(each), error);
    const interfaces = attached.flatMap((each) => answers.get(each) ?? []);
    const ends = await eachOf(interfaces, async ({ id }) => [id, await endOf(endpoint, id)] as const);
    return { endpoint, interfaces, ends: new Map(ends) };
  };
  const described = await eachOf(endpoints, describe).finally(close);
  return terraformOf(described, regional);
}

export interface Described {
  endpoint: Endpoint;
  interfaces: readonly InterfaceEndpoint[];
  /** For each interface endpoint, by its id: the user's end, or why it could not be read. */
  ends?: ReadonlyMap<string, readonly TerraformResource[] | string>;
}

const [toService, toInterface, toMode] = [
  'mongodbatlas_privatelink_endpoint',
  'mongodbatlas_privatelink_endpoint_service',
  'mongodbatlas_private_endpoint_regional_mode',
];

/** What has a block, as references, by its id or its name in the cloud. */
type Links = Map<string, Raw>;

/** Import blocks with resources (Terraform 1.5) for what stays. `regional`: the projects with regional mode. */
export function terraformOf(all: readonly Described[], regional: readonly string[] = []): string {
  const names = new Names();
  const links: Links = new Map();
  const inTerraform = new Set<Provider>();
  const modes = new Map(regional.map((projectId) => [projectId, names.of('regional_mode', projectId)]));
  const stays = ({ status }: { status: string }) => !isLeaving(status);
  const parts = all
    .filter(({ endpoint }) => stays(endpoint))
    .flatMap(({ endpoint, interfaces, ends }) => {
      const { id, provider, region, projectId, endpointServiceName } = endpoint;
      const why = whyNoImport(endpoint, endpointImportId(endpoint).split('-').length <= 6);
      const attached = interfaces.filter(stays);
      if (why !== undefined) {
        const too = attached.length > 0 ? ' and its interface endpoints are' : ' is';
        return [comment(`${region} ${id}${too} left out, because Terraform cannot import the endpoint: ${why}`)];
      }
      const name = names.of(`${provider === defaultProvider ? '' : `${provider}_`}${region}`, id);
      if (endpointServiceName !== null)
        links.set(endpointServiceName, new Raw(`${toService}.${name}.endpoint_service_name`));
      const parts = attached.flatMap((each) => {
        const whyNot = whyNoImport(each, interfaceImportId(each).split('--').length === 4);
        if (whyNot !== undefined) {
          return comment(`${each.id} of ${region} ${id} is left out, because Terraform cannot import it: ${whyNot}`);
        }
        const own = names.of(`${name}_${shortName(each.id)}`, each.id);
        const nameOf = (of: string) => (of === each.id ? own : names.of(`${name}_${of}`, of));
        const end = ends?.get(each.id) ?? [];
        const found = typeof end === 'string' ? [] : end.filter((resource) => !links.has(resource.id));
        const blocks = found.map((resource) => endBlocks(resource, nameOf(resource.id), links));
        if (blocks.length > 0) inTerraform.add(provider);
        if (typeof end === 'string') blocks.push(comment(`${each.id} could not be read: ${end}`));
        return [...blocks, interfaceBlocks(each, endpoint, name, own, links)];
      });
      return [endpointBlocks(endpoint, name, modes.get(projectId)), ...parts];
    });
  if (parts.length === 0) return '';
  const modeBlocks = [...modes].map(([id, name]) => imported(toMode, name, id, { project_id: id, enabled: true }));
  return [header([...inTerraform]), ...modeBlocks, ...parts].join('\n');
}

/** A folder that has no Terraform yet needs these lines. In another they would be there twice. */
function header(used: readonly Provider[]) {
  const own = used.flatMap((provider) => clouds[provider].interfaces.terraform ?? []);
  const providers = [...own, { name: 'mongodbatlas', source: 'mongodb/mongodbatlas' }];
  const lines = providers.map(({ name, ...values }) => `    ${name} = {\n${body(values, '      ')}    }\n`);
  const block = `terraform {\n  required_providers {\n${lines.join('')}  }\n}\n`;
  const commentedOut = block.replaceAll(/^(?=.)/gm, '# ');
  return `${comment('If the folder has no required_providers yet, uncomment this block.')}${commentedOut}`;
}

/** The blocks of something in the user's cloud. What they name by an id that has a block becomes a reference. */
function endBlocks({ type, id, importId, values }: TerraformResource, name: string, links: Links) {
  const linked = (value: unknown) => (typeof value === 'string' ? (links.get(value) ?? value) : value);
  const entries = Object.entries(values).map(([key, value]) => {
    return [key, Array.isArray(value) ? value.map(linked) : linked(value)];
  });
  links.set(id, new Raw(`${type}.${name}.id`));
  return imported(type, name, importId, Object.fromEntries(entries));
}

/** Why the provider can't import it: it takes any error message for a failure, and splits the import id at dashes. */
function whyNoImport({ status, errorMessage }: Pick<Endpoint, 'status' | 'errorMessage'>, isReadable: boolean) {
  if (errorMessage) return `it is ${status} with the error "${errorMessage}".`;
  if (status === 'FAILED' || status === 'REJECTED') return `it is ${status}.`;
  return isReadable ? undefined : 'its region or id contains dashes, which separate the parts of an import id.';
}

function endpointImportId({ projectId, id, provider, atlasRegion }: Endpoint) {
  return `${projectId}-${id}-${provider}-${atlasRegion}`;
}

function interfaceImportId({ projectId, endpointId, id, provider }: InterfaceEndpoint) {
  return [projectId, endpointId, id, provider].join('--');
}

function endpointBlocks(endpoint: Endpoint, name: string, mode: string | undefined) {
  const { projectId, provider, atlasRegion, supportedRemoteRegions, portMappingEnabled } = endpoint;
  const remote = texts(supportedRemoteRegions).map((region) => regionNames(provider, region).atlasRegion);
  return imported(toService, name, endpointImportId(endpoint), {
    project_id: projectId,
    provider_name: provider,
    region: atlasRegion,
    supported_remote_regions: remote,
    port_mapping_enabled: portMappingEnabled === true ? true : undefined,
    depends_on: mode === undefined ? undefined : [new Raw(`${toMode}.${mode}`)],
  });
}

function interfaceBlocks(
  attached: InterfaceEndpoint,
  { portMappingEnabled }: Endpoint,
  endpoint: string,
  name: string,
  links: Links,
) {
  const { id, provider, privateEndpointIPAddress, gcpProjectId, endpoints } = attached;
  const rules = objects(endpoints);
  // With port mapping, the only rule is the forwarding rule with the same name as the group.
  const [mapped, nested] = portMappingEnabled === true ? [rules[0], []] : [undefined, rules];
  const ip = privateEndpointIPAddress ?? mapped?.ipAddress;
  return imported(toInterface, name, interfaceImportId(attached), {
    project_id: new Raw(`${toService}.${endpoint}.project_id`),
    private_link_id: new Raw(`${toService}.${endpoint}.private_link_id`),
    endpoint_service_id: links.get(id) ?? id,
    provider_name: provider,
    private_endpoint_ip_address: text(ip),
    gcp_project_id: text(gcpProjectId),
    endpoints: nested.map(({ endpointName, ipAddress }) => ({
      endpoint_name: text(endpointName),
      ip_address: text(ipAddress),
    })),
  });
}

/** Makes unique resource names. If two would be equal, the end of the id is added. */
class Names {
  readonly #taken = new Set<string>();

  of(wanted: string, id: string): string {
    const partsOf = (text: string) => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
    const plain = partsOf(wanted).join('_');
    const name = /^[a-z]/.test(plain) ? plain : `e_${plain}`;
    const tail = partsOf(id).join('').slice(-8);
    let unique = this.#taken.has(name) ? `${name}_${tail}` : name;
    for (let count = 2; this.#taken.has(unique); count++) unique = `${name}_${tail}_${count}`;
    this.#taken.add(unique);
    return unique;
  }
}
