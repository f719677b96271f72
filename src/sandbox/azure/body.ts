import { ensure } from './refusal.js';

/* The body of a PUT of a private endpoint. */

const lists = ['manualPrivateLinkServiceConnections[0]', 'privateLinkServiceConnections[0]'];
const connectionKeys = ['name', 'properties.privateLinkServiceId', 'properties.requestMessage'];

/** The paths of all texts that a body can have. Other lists and objects can only be empty. */
const known: readonly string[] = [
  'location',
  'properties.subnet.id',
  'properties.customNetworkInterfaceName',
  ...lists.flatMap((list) => connectionKeys.map((key) => `properties.${list}.${key}`)),
];

/** The texts of a body by their path, such as `properties.subnet.id`, and its tags. */
export function readEndpointBody(body: unknown): {
  texts: Readonly<Record<string, string | undefined>>;
  tags: Record<string, string>;
} {
  const { tags = {}, ...others } = Object(body) as { tags?: unknown };
  const leaves = leavesOf(others);
  for (const [path, value] of leaves) {
    ensure(known.includes(path), ...invalidFormat(`Could not find member '${path}'.`));
    ensure(typeof value === 'string', ...invalidFormat(`Expected a string at '${path}'.`));
  }
  return { texts: Object.fromEntries(leaves) as Record<string, string>, tags: readTags(tags) };
}

/** The values that are neither lists nor objects, and their paths. */
function leavesOf(value: unknown, path = ''): [path: string, value: unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  const pathTo = (key: string) => (Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`);
  return Object.entries(value).flatMap(([key, each]) => leavesOf(each, pathTo(key)));
}

/** The code and the message of an error in a body. */
export function invalidFormat(what: string): [code: string, message: string] {
  return ['InvalidRequestFormat', `Cannot parse the request. ${what}`];
}

const reservedTag = /^$|^(?:microsoft|azure|windows)|[<>%&\\?/]/i;

/** Checks the limits of ARM. */
function readTags(tags: unknown): Record<string, string> {
  const isObject = typeof tags === 'object' && tags !== null && !Array.isArray(tags);
  ensure(isObject, 'InvalidRequestContent', 'The tags are not an object.');
  const entries: [string, unknown][] = Object.entries(tags);
  ensure(entries.length <= 50, 'TooManyTags', 'The resource has more than 50 tags.');
  const names = new Set(entries.map(([name]) => name.toLowerCase()));
  ensure(names.size === entries.length, 'DuplicateTagNames', 'The names of two tags differ only in case.');
  for (const [name, value] of entries) {
    const isFine = name.length <= 512 && !reservedTag.test(name);
    ensure(isFine, 'InvalidTagNameCharacters', `The tag name '${name}' is reserved, too long or has one of <>%&\\?/.`);
    const isText = typeof value === 'string' && value.length <= 256;
    ensure(isText, 'InvalidTagValue', `The value of the tag '${name}' is no string, or is too long.`);
  }
  return tags as Record<string, string>;
}
