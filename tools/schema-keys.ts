import { readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { sharedKeys } from '../src/atlas/keys.js';
import { clouds } from '../src/clouds/all.js';

/* Writes the keys of an endpoint into output.schema.json, for each cloud and for one that is gone. */

interface Kind {
  properties: Record<string, object>;
  required: string[];
}

/** The schema with all keys of an endpoint, new ones last. A key without a description of its own has `#/$defs/KEY`. */
export function withEndpointKeys<Schema extends { $defs: Record<string, unknown> }>(schema: Schema): Schema {
  const shared = Object.keys(sharedKeys);
  const kinds: Record<string, readonly string[]> = { GoneEndpoint: [] };
  for (const [provider, { service }] of Object.entries(clouds)) {
    const name = `${provider.charAt(0)}${provider.slice(1).toLowerCase()}Endpoint`;
    kinds[name] = Object.keys(service.keys);
  }
  const $defs = { ...schema.$defs };
  for (const [name, own] of Object.entries(kinds)) {
    const kind = $defs[name] as Kind;
    const unknown = name === 'GoneEndpoint' ? { type: 'null' } : {};
    const keys = [...shared, ...own];
    const required = [...new Set([...kind.required.filter((key) => keys.includes(key)), ...keys])];
    const added = keys.filter((key) => !(key in kind.properties));
    const described = Object.fromEntries(added.map((key) => [key, { $ref: `#/$defs/${key}`, ...unknown }]));
    $defs[name] = { ...kind, properties: { ...kind.properties, ...described }, required };
  }
  return { ...schema, $defs };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const file = 'output.schema.json';
  const before = JSON.parse(await readFile(file, 'utf8'));
  const after = withEndpointKeys(before);
  // Nothing but a new key changes the file, which people write and biome formats.
  if (!isDeepStrictEqual(before, after)) await writeFile(file, `${JSON.stringify(after, null, 2)}\n`);
}
