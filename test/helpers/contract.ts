import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import type { Exchange } from './sandbox.js';

/*
 * The structure of the API, as an OpenAPI document beside a developer's checkout. It is not published. Without it, the
 * tests that need it are skipped, except in CI.
 */

const file = fileURLToPath(new URL('../../../shared/atlas-contract.json', import.meta.url));
export const hasContract = existsSync(file);

type Json = { [key: string]: Json } & { [index: number]: Json };

/** Returns the ways in which an exchange violates the contract, or what was observed of the live API. */
export function contractChecker(): (exchange: Exchange) => string[] {
  const contract = withObserved(JSON.parse(readFileSync(file, 'utf8')));
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema({ $id: 'contract', ...contract });
  const errorsOf = (ref: string, value: unknown): string[] => {
    const validate = ajv.compile({ $ref: `contract${ref}` });
    return validate(value) ? [] : (validate.errors ?? []).map((each) => `${ref} ${each.instancePath} ${each.message}`);
  };

  return ({ method, url, requestHeaders, requestBody, status, headers, body }) => {
    const { pathname, searchParams } = new URL(url, 'http://x');
    const template = Object.keys(contract.paths ?? {}).find((path) =>
      new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(pathname),
    );
    const operation = template && contract.paths?.[template]?.[method.toLowerCase()];
    if (!operation) return [`${method} ${pathname} is not in the contract`];
    const problems: string[] = [];
    const expect = (isFine: boolean, problem: string) => isFine || problems.push(`${method} ${url}: ${problem}`);

    const parameters = Object.values(operation.parameters ?? {}).map((each) => resolveRef(contract, each));
    const values = pathValues(template, pathname);
    for (const { name, in: where, schema } of parameters) {
      const value = String(where) === 'path' ? values[String(name)] : searchParams.get(String(name));
      if (value == null) continue;
      const typed = String(schema?.type) === 'integer' ? Number(value) : value;
      expect(ajv.validate(schema as object, typed), `parameter ${name} is ${value}`);
    }
    for (const name of searchParams.keys()) {
      expect(
        parameters.some((each) => String(each.name) === name),
        `query ${name} is unknown`,
      );
    }

    const isOlder = 'application/json' in (operation.responses?.[200]?.content ?? {});
    const media = isOlder ? /^application\/json$/ : /^application\/vnd\.atlas\.\d{4}-\d{2}-\d{2}\+json$/;
    expect(media.test(String(requestHeaders.accept)), `Accept is ${requestHeaders.accept}`);
    if (operation.requestBody) {
      const type = String(requestHeaders['content-type']);
      const schema = operation.requestBody.content?.[type]?.schema;
      expect(schema !== undefined, `Content-Type is ${type}`);
      // The body to attach something depends on the cloud in the path.
      const cloud = { cloudProvider: String(values.cloudProvider) };
      if (schema) problems.push(...errorsOf(refOf(contract, schema, cloud), JSON.parse(requestBody)));
    } else expect(requestBody === '', 'it has a body');

    // A 401 response, the challenge, has no rate-limit headers.
    for (const name of ['ratelimit-limit', 'ratelimit-remaining']) {
      expect((status === 401 ? /^undefined$/ : /^\d+$/).test(String(headers[name])), `${name} is ${headers[name]}`);
    }
    const answer = JSON.parse(body);
    const documented = operation.responses?.[status];
    expect(documented !== undefined, `status ${status} is not documented`);
    if (status >= 400) {
      expect(headers['content-type'] === 'application/json', `Content-Type is ${headers['content-type']}`);
      expect(headers['x-error-code'] === answer.errorCode, `X-Error-Code is ${headers['x-error-code']}`);
      return [...problems, ...errorsOf('#/components/schemas/ApiError', answer)];
    }
    const schema = documented?.content?.[String(headers['content-type'])]?.schema;
    if (documented?.content) expect(String(headers['content-type']) in documented.content, 'unknown media type');
    if (!schema) expect(JSON.stringify(answer) === '{}', `the body is ${body}`);
    else if (schema.items)
      for (const item of answer) problems.push(...errorsOf(refOf(contract, schema.items, item), item));
    else problems.push(...errorsOf(refOf(contract, schema, answer), answer));
    return problems;
  };
}

/** A service has one of three shapes, depending on its provider. */
function refOf(contract: Json, schema: Json, value: { cloudProvider?: string }): string {
  const mapping = resolveRef(contract, schema).discriminator?.mapping;
  return String(mapping?.[value.cloudProvider ?? ''] ?? schema.$ref);
}

function resolveRef(contract: Json, schema: Json): Json {
  if (schema.$ref === undefined) return schema;
  const keys = String(schema.$ref).slice(2).split('/');
  return keys.reduce((at: Json, key) => at[key] as Json, contract);
}

function pathValues(template: string, pathname: string): Record<string, string> {
  const [names, values] = [template.split('/'), pathname.split('/')];
  return Object.fromEntries(names.map((name, index) => [name.replace(/[{}]/g, ''), values[index] ?? '']));
}

/** Corrects the contract where recordings of the live API differ (`x-observed`, and the recorded bodies). */
function withObserved(contract: Json): Json {
  const schemas = contract.components?.schemas as Json;
  for (const name of [
    'AWSPrivateLinkConnection',
    'AzurePrivateLinkConnection',
    'GCPEndpointService',
    'EndpointService',
    'AWSInterfaceEndpoint',
    'AzurePrivateEndpoint',
    'PrivateGCPEndpointGroup',
    'PrivateLinkEndpoint',
  ]) {
    for (const property of Object.values(schemas[name]?.properties as Json)) {
      // `"errorMessage":null`, `"endpointServiceName":null`
      if (String(property.type) === 'string') Object.assign(property, { nullable: true });
    }
  }
  const observed = contract['x-observed'] as Json;
  const set = (name: string, property: string, pattern: string) =>
    Object.assign(schemas[name]?.properties?.[property] as Json, { items: { type: 'string', pattern } });
  set('AWSPrivateLinkConnection', 'interfaceEndpoints', `^${observed.interfaceEndpoints_items}$`);
  set('GCPEndpointService', 'serviceAttachmentNames', '^projects/[^/]+/regions/[^/]+/serviceAttachments/[^/]+$');
  // `"parameters":["111111111111111111111111"]`
  Object.assign(schemas.ApiError?.properties?.parameters as Json, { items: {} });

  // The general shape and those of the clouds refer to each other. Without this cycle they can be checked.
  for (const cloud of ['AWSEndpoint', 'AzureEndpoint', 'GCPEndpointGroup']) {
    const parts = schemas[`Create${cloud}Request`]?.allOf as Json;
    Object.assign(parts, { 0: {} });
  }

  const at = (path: string, method: string) => contract.paths?.[path]?.[method]?.responses as Json;
  const base = '/api/atlas/v2/groups/{groupId}/privateEndpoint';
  const post = at(`${base}/endpointService`, 'post');
  const conflict = observed.POST_endpointService_conflict as Json;
  Object.assign(post, { [String(observed.POST_endpointService)]: post[200], [String(conflict.status)]: post[400] });
  const remove = at(`${base}/{cloudProvider}/endpointService/{endpointServiceId}`, 'delete');
  const { status } = observed.DELETE_endpointService as Json;
  Object.assign(remove, { [String(status)]: remove[204], 409: remove[400] });
  const attached = `${base}/{cloudProvider}/endpointService/{endpointServiceId}/endpoint`;
  const add = at(attached, 'post');
  Object.assign(add, { 201: add[200] });
  // The pattern of `endpointId` omits GCP endpoint groups, which are read and deleted by name.
  for (const method of ['get', 'delete']) {
    const parameters = contract.paths?.[`${attached}/{endpointId}`]?.[method]?.parameters as Json;
    const { schema } = Object.values(parameters).find(({ name }) => String(name) === 'endpointId') ?? {};
    Object.assign(schema as Json, { pattern: `${schema?.pattern}|^[a-z][-a-z0-9]*$` });
  }
  const detach = at(`${attached}/{endpointId}`, 'delete');
  Object.assign(detach, { 202: detach[204] });
  // A schema inside an operation gets a name, like all others.
  const clusters = at('/api/atlas/v2/groups/{groupId}/clusters', 'get')[200]?.content as Json;
  for (const media of Object.values(clusters)) {
    Object.assign(schemas, { ClusterPage: media.schema });
    Object.assign(media, { schema: { $ref: '#/components/schemas/ClusterPage' } });
  }
  const mode = at(`${base}/regionalMode`, 'patch');
  Object.assign(mode, { [String(observed.PATCH_regionalMode)]: mode[200] });
  return contract;
}
