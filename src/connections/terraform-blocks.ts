import { clouds, defaultProvider, providers } from '../clouds/all.js';
import type { TerraformResource } from '../clouds/facts.js';
import { shortName } from '../clouds/shapes.js';
import type { AnyEndpoint } from '../endpoints/family.js';
import { block, body, comment, isBlock, Raw } from './hcl.js';

/** `label`: what its name is made of. */
type Resource = TerraformResource & { label: string };

/** A resource, or a comment in the place of one. */
export type Part = Resource | string;

type Values = TerraformResource['values'];

/** Import blocks with resources (Terraform 1.5). Each comes after those that it refers to. */
export function blocksOf(parts: readonly Part[]): string {
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

type Failing = Pick<AnyEndpoint, 'status' | 'errorMessage'>;

/** Why the provider can't import it: it takes any error message for a failure, and splits the import id at dashes. */
export function whyNoImport({ status, errorMessage }: Failing, isReadable: boolean) {
  if (errorMessage) return `it is ${status} with the error "${errorMessage}".`;
  if (status === 'FAILED' || status === 'REJECTED') return `it is ${status}.`;
  return isReadable ? undefined : 'its region or id contains dashes, which separate the parts of an import id.';
}

/** What names are made of: the region, after the cloud if that is not the usual one. */
export function labelOf({ provider, region, id }: Pick<AnyEndpoint, 'provider' | 'region' | 'id'>): string {
  return `${provider === defaultProvider ? '' : `${provider}_`}${region ?? id}`;
}
