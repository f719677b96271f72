import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type SchemaObject } from 'ajv/dist/2020.js';

/** A definition of output.schema.json, or of a key. */
export interface Definition extends SchemaObject {
  title?: string;
  description?: string;
  properties?: Record<string, Definition>;
  required?: string[];
}

/** The schema that the package ships: what is printed as JSON. */
export const schema: Definition & { $defs: Record<string, Definition>; anyOf: Definition[] } = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../output.schema.json', import.meta.url)), 'utf8'),
);

/** The definition without what it refers to; what stands beside a reference wins. */
export function resolved({ $ref, ...own }: Definition): Definition {
  const name = /^#\/\$defs\/(.+)$/.exec($ref ?? '')?.[1];
  return name === undefined ? own : { ...resolved(schema.$defs[name] ?? {}), ...own };
}

/** What is wrong with a value by a part of the schema, such as `#/$defs/list`: nothing where it is as described. */
export type Check = (part: string, value: unknown) => string[];

/** Checks values by the schema as it is shipped, or with every object closed: a key that it doesn't name is wrong. */
export function checker({ closed }: { closed: boolean }): Check {
  const ajv = new Ajv2020({ strict: true, strictRequired: true, allErrors: true });
  ajv.addSchema(closed ? close(schema) : schema, 'output');
  return (part, value) => {
    const validate = ajv.getSchema(`output${part}`);
    if (!validate) return [`There is no ${part}.`];
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${part} ${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  };
}

/** The same with `additionalProperties: false` wherever an object's keys are named. */
function close(part: object): object {
  return JSON.parse(JSON.stringify(part), (_, value) =>
    value?.type === 'object' && value.properties ? { ...value, additionalProperties: false } : value,
  );
}

/** The value with each of its objects changed. */
export function changed(value: unknown, change: (object: Record<string, unknown>) => object): unknown {
  if (Array.isArray(value)) return value.map((each) => changed(each, change));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, changed(each, change)]);
  return change(Object.fromEntries(entries));
}

/** The keys of all its objects. */
export function keysOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Array.isArray(value) ? [] : Object.keys(value);
  return [...new Set([...own, ...Object.values(value).flatMap(keysOf)])];
}
