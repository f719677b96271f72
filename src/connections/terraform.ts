import { type Endpoint, type InterfaceEndpoint, isLeaving } from '../atlas/model.js';
import { type CliError, isFailure } from '../base/errors.js';
import { objects, text, texts } from '../base/json.js';
import { clouds, defaultProvider, providers } from '../clouds/all.js';
import { checkTarget } from '../clouds/checks.js';
import type { TerraformResource } from '../clouds/facts.js';
import { canConnect } from '../clouds/found.js';
import { regionNames } from '../clouds/regions.js';
import { shortName } from '../clouds/shapes.js';
import type { Context } from '../endpoints/context.js';
import { askEach, eachOf } from '../endpoints/find.js';
import { attachedTo, describeInterface, readAttached } from '../endpoints/interfaces.js';
import { isOlder } from '../endpoints/port-mapping.js';
import { isRefusal } from '../http/request-error.js';
import { type OpenRegion, openInspections } from './doctor/open-facts.js';
import { block, body, comment, isBlock, Raw } from './hcl.js';

/*
 * Writes existing endpoints as Terraform configuration: resources `mongodbatlas_privatelink_endpoint` and
 * `mongodbatlas_privatelink_endpoint_service` of the current provider, regional mode, and the user's end in the cloud.
 * The import ids follow the documentation of the providers.
 */

export type OnFailure = (what: string, error: CliError) => void;

/** `whole`: with the regional mode of their projects. Leaves out what can't be read, and calls `onFailure` for it. */
export async function writeTerraform(
  context: Pick<Context, 'atlas'>,
  { endpoints, whole }: { endpoints: readonly Endpoint[]; whole: boolean },
  open: OpenRegion,
  onFailure: OnFailure,
) {
  const atlas = await context.atlas();
  const projects = whole ? [...new Set(endpoints.map(({ projectId }) => projectId))] : [];
  const { answers, failures } = await askEach(projects, (id) => atlas.getRegionalMode(id));
  for (const [id, error] of failures) onFailure(`Regional mode of project ${id}`, error);
  const regional = projects.filter((id) => answers.get(id));
  const endsOf = endsReader(openInspections(open));
  const describe = async (endpoint: Endpoint) => {
    const attached = attachedTo([endpoint]);
    const { answers, failures } = await askEach(attached, (each) => readAttached(context, each));
    for (const [each, error] of failures) onFailure(describeInterface(each), error);
    const interfaces = attached.flatMap((each) => answers.get(each) ?? []);
    const ends = await eachOf(interfaces, async (each) => [each.id, await endsOf(endpoint, each)] as const);
    return { endpoint, interfaces, ends: new Map(ends) };
  };
  const described = await eachOf(endpoints, describe);
  return terraformOf(described, regional);
}

/** Reads the user's end of an interface endpoint, in the account that it is in. */
function endsReader(inspection: ReturnType<typeof openInspections>) {
  /** Why accounts don't answer. No more requests to these: most would fail in the same way, after the same wait. */
  const silent = new Map<string, string>();
  return async (endpoint: Endpoint, attached: InterfaceEndpoint): Promise<End[]> => {
    const { account: title, interfaces, service } = clouds[endpoint.provider];
    const account = interfaces.signIn?.(attached) ?? {};
    const [where = ''] = Object.values(account);
    const key = `${title} ${where}`;
    const read = async (name: string) => {
      const found = await inspection(endpoint, name, account);
      if (!found) return `It is not in ${where === '' ? `this ${title}` : key}.`;
      if (!canConnect(found)) return `It is ${found.state}.`;
      const { result, detail } = checkTarget(name, found.target, service.target(endpoint));
      return result === 'success' ? found.resources() : `It ${detail}.`;
    };
    const failed = (error: unknown) => {
      if (!isFailure(error)) throw error;
      if (!isRefusal(error)) silent.set(key, error.message);
      return error.message;
    };
    const names = isOlder(endpoint) ? interfaces.parts(attached).flatMap(({ name }) => name ?? []) : [attached.id];
    const ends = await eachOf(names, async (name) => {
      const end = silent.get(key) ?? (await read(name).catch(failed));
      return typeof end === 'string' ? [`${name} could not be read: ${end}`] : end;
    });
    return ends.flat();
  };
}

type End = TerraformResource | string;

export interface Described {
  endpoint: Endpoint;
  interfaces: readonly InterfaceEndpoint[];
  /** For each interface endpoint, by its id. Each comes after those that it refers to. */
  ends?: ReadonlyMap<string, readonly End[]>;
}

/** `regional`: the projects with regional mode. */
export function terraformOf(all: readonly Described[], regional: readonly string[] = []) {
  const services = all
    .filter(({ endpoint }) => !isLeaving(endpoint.status))
    .flatMap((each) => serviceParts(each, regional));
  return services.length > 0 ? blocksOf([...regional.map(modePart), ...services]) : '';
}

const toMode = 'mongodbatlas_private_endpoint_regional_mode';

function modePart(id: string, index: number) {
  const values = { project_id: id, enabled: true };
  return { type: toMode, label: modeName(id, index), id, importId: id, values, refs: {} };
}

function modeName(projectId: string, index: number) {
  return index === 0 ? 'regional_mode' : `regional_mode_${projectId}`;
}

function serviceParts({ endpoint, interfaces, ends }: Described, regional: readonly string[]): Part[] {
  const { id, provider, region, projectId, atlasRegion, supportedRemoteRegions, portMappingEnabled } = endpoint;
  const importId = `${projectId}-${id}-${provider}-${atlasRegion}`;
  const why = whyNoImport(endpoint, importId.split('-').length <= 6);
  const attached = interfaces.filter(({ status }) => !isLeaving(status));
  if (why !== undefined) {
    const too = attached.length > 0 ? ' and its interface endpoints are' : ' is';
    return [`${region} ${id}${too} left out, because Terraform cannot import the endpoint: ${why}`];
  }
  const { service, interfaces: facts } = clouds[provider];
  const label = labelOf(endpoint);
  const target = service.target(endpoint);
  const mode = regional.indexOf(projectId);
  const values = {
    project_id: projectId,
    provider_name: provider,
    region: atlasRegion,
    supported_remote_regions: texts(supportedRemoteRegions).map((each) => regionNames(provider, each).atlasRegion),
    port_mapping_enabled: portMappingEnabled === true || undefined,
    depends_on: mode < 0 ? undefined : [new Raw(`${toMode}.${modeName(projectId, mode)}`)],
  };
  const refs = { [id]: 'private_link_id', ...(target !== null && { [target]: facts.terraform.target }) };
  const parts = attached.flatMap((each) => interfaceParts(each, endpoint, label, ends?.get(each.id) ?? []));
  return [{ type: 'mongodbatlas_privatelink_endpoint', label, id, importId, values, refs }, ...parts];
}

function interfaceParts(attached: InterfaceEndpoint, service: Endpoint, place: string, ends: readonly End[]) {
  const { id, projectId, endpointId, provider, privateEndpointIPAddress, gcpProjectId, endpoints } = attached;
  const importId = [projectId, endpointId, id, provider].join('--');
  const why = whyNoImport(attached, importId.split('--').length === 4);
  if (why !== undefined)
    return [`${id} of ${service.region} ${endpointId} is left out, because Terraform cannot import it: ${why}`];
  const labelled = (each: TerraformResource) => ({ ...each, label: `${place}_${shortName(each.id)}` });
  const found = ends.map((end) => (typeof end === 'string' ? end : labelled(end)));
  const main = found.find((end) => typeof end !== 'string' && end.atlasId === id);
  const rules = objects(endpoints);
  // With port mapping, the only rule is the forwarding rule with the same name as the group.
  const [mapped, nested] = service.portMappingEnabled === true ? [rules[0], []] : [undefined, rules];
  const values = {
    project_id: projectId,
    private_link_id: endpointId,
    endpoint_service_id: typeof main === 'object' ? main.id : id,
    provider_name: provider,
    private_endpoint_ip_address: text(privateEndpointIPAddress ?? mapped?.ipAddress),
    gcp_project_id: text(gcpProjectId),
    endpoints: nested.map((each) => ({ endpoint_name: text(each.endpointName), ip_address: text(each.ipAddress) })),
  };
  const type = 'mongodbatlas_privatelink_endpoint_service';
  return [...found, { type, label: `${place}_${shortName(id)}`, id: `${endpointId} ${id}`, importId, values }];
}

/** `label`: what its name is made of. */
type Resource = TerraformResource & { label: string };

export type Part = Resource | string;

type Values = TerraformResource['values'];

/** Import blocks with resources (Terraform 1.5). Each comes after those that it refers to. */
function blocksOf(parts: readonly Part[]) {
  const taken = new Set<string>();
  /** References to what has a block, by what others call it. */
  const links = new Map<string, Raw>();
  const blocks = parts.flatMap((part) => {
    if (typeof part === 'string') return comment(part);
    const { type, id, importId, provider, refs = { [id]: 'id' } } = part;
    // Two endpoints may use one security group.
    if (taken.has(`${type} ${importId}`)) return [];
    taken.add(`${type} ${importId}`);
    const name = nameFor(part, taken);
    const alias = provider && new Raw(`${providerOf(type)}.${provider.alias}`);
    const values = linkedValues({ provider: alias, ...part.values }, links);
    for (const [text, attribute] of Object.entries(refs)) links.set(text, new Raw(`${type}.${name}.${attribute}`));
    const target = block('import', { to: new Raw(`${type}.${name}`), id: importId });
    return `${target}\n${block(`resource "${type}" "${name}"`, values)}`;
  });
  const resources = parts.filter((part) => typeof part !== 'string');
  const settings = resources.flatMap(({ type, provider }) =>
    provider ? block(`provider "${providerOf(type)}"`, provider) : [],
  );
  return [requiredProviders(resources), ...new Set(settings), ...blocks].join('\n');
}

/** A name that no other resource of its type has. If two would be equal, the end of the id is added. */
function nameFor({ type, label, id }: Resource, taken: Set<string>) {
  const partsOf = (text: string) => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const plain = partsOf(label).join('_');
  const wanted = /^[a-z]/.test(plain) ? plain : `e_${plain}`;
  const longer = `${wanted}_${partsOf(id).join('').slice(-8)}`;
  let name = wanted;
  for (let count = 1; taken.has(`${type}.${name}`); count++) name = count === 1 ? longer : `${longer}_${count}`;
  taken.add(`${type}.${name}`);
  return name;
}

/** What the values of a resource, or of blocks in it, call something that has a block becomes a reference. */
function linkedValues(values: Values, links: ReadonlyMap<string, Raw>): Values {
  const linked = (value: unknown): unknown => {
    if (typeof value === 'string') return links.get(value) ?? value;
    if (!Array.isArray(value)) return value;
    return value.map((each) => (isBlock(each) ? linkedValues(each, links) : linked(each)));
  };
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, linked(value)]));
}

function providerOf(type: string) {
  return type.replace(/_.*/, '');
}

/** A folder that has no Terraform yet needs these lines. In another they would be there twice. */
function requiredProviders(resources: readonly Resource[]) {
  const atlas = { source: 'mongodb/mongodbatlas', version: undefined };
  const known = [...providers.map((each) => clouds[each].interfaces.terraform), atlas];
  const used = known.filter(({ source }) => resources.some(({ type }) => providerOf(type) === shortName(source)));
  const lines = used.map(({ source, version }) => {
    return `    ${shortName(source)} = {\n${body({ source, version }, '      ')}    }\n`;
  });
  const commentedOut = `terraform {\n  required_providers {\n${lines.join('')}  }\n}\n`.replaceAll(/^(?=.)/gm, '# ');
  return `${comment('If the folder has no required_providers yet, uncomment this block.')}${commentedOut}`;
}

/** Why the provider can't import it: it takes any error message for a failure, and splits the import id at dashes. */
function whyNoImport({ status, errorMessage }: Pick<Endpoint, 'status' | 'errorMessage'>, isReadable: boolean) {
  if (errorMessage) return `it is ${status} with the error "${errorMessage}".`;
  if (status === 'FAILED' || status === 'REJECTED') return `it is ${status}.`;
  return isReadable ? undefined : 'its region or id contains dashes, which separate the parts of an import id.';
}

/** What names are made of: the region, after the cloud if that is not the usual one. */
function labelOf({ provider, region }: Endpoint) {
  return `${provider === defaultProvider ? '' : `${provider}_`}${region}`;
}
