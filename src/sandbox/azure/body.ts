import { ensure } from './refusal.js';

/* The body of a PUT of a private endpoint. */

interface Connection {
  name?: string;
  properties?: { privateLinkServiceId?: string; requestMessage?: string };
}

interface EndpointBody {
  location?: string;
  tags?: Record<string, string>;
  properties?: {
    subnet?: { id?: string };
    customNetworkInterfaceName?: string;
    manualPrivateLinkServiceConnections?: readonly Connection[];
    privateLinkServiceConnections?: readonly Connection[];
  };
}

const connectionKeys = '(?:name|properties\\.(?:privateLinkServiceId|requestMessage))';
const propertyKeys = `subnet\\.id|customNetworkInterfaceName|(?:manualP|p)rivateLinkServiceConnections\\[]\\.${connectionKeys}`;
/** The paths of all texts that a body can have. Other lists and objects can only be empty. */
const known = new RegExp(`^(?:location|properties\\.(?:${propertyKeys}))$`);

/** Throws the refusal of a body with an unknown key, or with a value of another type. */
export function readEndpointBody(body: unknown): EndpointBody {
  const { tags = {}, ...others } = Object(body) as EndpointBody;
  for (const [path, value] of leavesOf(others)) {
    ensure(known.test(path), ...invalidFormat(`Could not find member '${path}'.`));
    ensure(typeof value === 'string', ...invalidFormat(`Expected a string at '${path}'.`));
  }
  checkTags(tags);
  return { ...others, tags };
}

/** The values that are no lists and objects, and their paths: `properties.subnet.id`. */
function leavesOf(value: unknown, path = ''): [path: string, value: unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  const isList = Array.isArray(value);
  const pathTo = (key: string) => (isList ? `${path}[]` : path === '' ? key : `${path}.${key}`);
  return Object.entries(value).flatMap(([key, each]) => leavesOf(each, pathTo(key)));
}

/** The code and the message of an error in a body. */
export function invalidFormat(what: string): [code: string, message: string] {
  return ['InvalidRequestFormat', `Cannot parse the request. ${what}`];
}

const reservedTag = /^$|^(?:microsoft|azure|windows)|[<>%&\\?/]/i;

/** Checks the limits of ARM. */
function checkTags(tags: unknown): void {
  ensure(typeof tags === 'object' && !Array.isArray(tags), 'InvalidRequestContent', 'The tags are not an object.');
  const entries = Object.entries(tags ?? {});
  ensure(entries.length <= 50, 'TooManyTags', 'The resource has more than 50 tags.');
  const names = new Set(entries.map(([name]) => name.toLowerCase()));
  ensure(names.size === entries.length, 'DuplicateTagNames', 'The names of two tags differ only in case.');
  for (const [name, value] of entries) {
    const isFine = name.length <= 512 && !reservedTag.test(name);
    ensure(isFine, 'InvalidTagNameCharacters', `The tag name '${name}' is reserved, too long or has one of <>%&\\?/.`);
    const isText = typeof value === 'string' && value.length <= 256;
    ensure(isText, 'InvalidTagValue', `The value of the tag '${name}' is no string, or is too long.`);
  }
}
