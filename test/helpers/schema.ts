import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type SchemaObject } from 'ajv/dist/2020.js';

/** A definition in output.schema.json, or that of a key. */
export interface Definition extends SchemaObject {
  title?: string;
  description?: string;
  properties?: Record<string, Definition>;
  required?: string[];
}

export const schema: Definition & { $defs: Record<string, Definition>; anyOf: Definition[] } = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../output.schema.json', import.meta.url)), 'utf8'),
);

/** A definition with its reference resolved. Keys beside the reference win. */
export function resolved({ $ref, ...own }: Definition): Definition {
  const name = /^#\/\$defs\/(.+)$/.exec($ref ?? '')?.[1];
  return name === undefined ? own : { ...resolved(schema.$defs[name] ?? {}), ...own };
}

/** Validates a value against a part of the schema, such as `#/$defs/list`. Returns the errors; empty if it is valid. */
export type Check = (part: string, value: unknown) => string[];

/** Validates with the published schema. */
export const shipped = checker(schema);

/** Unknown keys of an object are errors too. */
export const closed = checker(close(schema));

/** Compiles each part when it is needed for the first time. */
function checker(parts: object): Check {
  const ajv = new Ajv2020({ strict: true, strictRequired: true, allErrors: true });
  ajv.addSchema(parts, 'output');
  return (part, value) => {
    const validate = ajv.getSchema(`output${part}`);
    if (!validate) return [`There is no ${part}.`];
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${part} ${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  };
}

/** Adds `additionalProperties: false` wherever a schema names an object's keys. */
function close(part: object): object {
  return JSON.parse(JSON.stringify(part), (_, value) =>
    value?.type === 'object' && value.properties ? { ...value, additionalProperties: false } : value,
  );
}

export function changed(value: unknown, change: (object: Record<string, unknown>) => object): unknown {
  if (Array.isArray(value)) return value.map((each) => changed(each, change));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, changed(each, change)]);
  return change(Object.fromEntries(entries));
}

export function keysOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Array.isArray(value) ? [] : Object.keys(value);
  return [...new Set([...own, ...Object.values(value).flatMap(keysOf)])];
}
