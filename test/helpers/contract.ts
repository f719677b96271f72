import { Ajv } from 'ajv';
import contract from '../sandbox/contract.json' with { type: 'json' };
import type { Exchange } from './sandbox.js';

/*
 * The structure of Atlas's API, as contract.json has it: facts of the published description, corrected where recordings of the
 * live API differ. It has the operations that the test of the sandbox asks for.
 */

interface Operation {
  /** Of the response, and of a body. */
  media: string;
  query: string[];
  /** A definition, or one for each cloud, which the path names. */
  body?: string | Record<string, string>;
  /** The definition of each good answer; `[]` means a list of them, null an empty object. */
  answers: Record<string, string | null>;
  errors: number[];
}

const operations: Record<string, Operation> = contract.operations;
const parameters: Record<string, object> = contract.parameters;
const errorMedia = 'application/json';

export const operationNames = Object.keys(operations);

/** The operation that an exchange asks for, such as `GET /api/atlas/v2/groups`. */
export function operationOf({ method, url }: Exchange): string | undefined {
  const asked = `${method} ${new URL(url, 'http://x').pathname}`;
  return operationNames.find((name) => new RegExp(`^${name.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(asked));
}

export function contractChecker(): (exchange: Exchange) => string[] {
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, discriminator: true });
  ajv.addSchema({ $id: 'contract', $defs: contract.$defs });
  const errorsOf = (name: string, value: unknown): string[] => {
    const validate = ajv.compile({ $ref: `contract#/$defs/${name}` });
    return validate(value)
      ? []
      : (validate.errors ?? []).map((each) => `${name} ${each.instancePath} ${each.message}`);
  };

  return (exchange) => {
    const { method, url, requestHeaders, requestBody, status, headers } = exchange;
    const { pathname, searchParams } = new URL(url, 'http://x');
    const name = operationOf(exchange);
    const operation = operations[name ?? ''];
    if (!name || !operation) return [`${method} ${pathname} is not in the contract`];
    const problems: string[] = [];
    const expect = (isFine: boolean, problem: string) => isFine || problems.push(`${method} ${url}: ${problem}`);

    const inPath = pathValues(name, `${method} ${pathname}`);
    for (const [key, value] of [...Object.entries(inPath), ...searchParams]) {
      expect(key in inPath || operation.query.includes(key), `query ${key} is unknown`);
      const schema = parameters[key] ?? {};
      const typed = 'type' in schema && schema.type === 'integer' ? Number(value) : value;
      expect(ajv.validate(schema, typed), `parameter ${key} is ${value}`);
    }

    const media =
      operation.media === errorMedia ? /^application\/json$/ : /^application\/vnd\.atlas\.([\d-]{10})\+json$/;
    expect(media.test(String(requestHeaders.accept)), `Accept is ${requestHeaders.accept}`);
    const { body = '' } = operation;
    if (body === '') expect(requestBody === '', 'it has a body');
    else {
      const type = requestHeaders['content-type'];
      expect(type === operation.media, `Content-Type is ${type}`);
      const schema = typeof body === 'string' ? body : body[inPath.cloudProvider ?? ''];
      problems.push(...errorsOf(String(schema), JSON.parse(requestBody)));
    }

    // A 401 response, the challenge, has no rate-limit headers.
    for (const header of ['ratelimit-limit', 'ratelimit-remaining']) {
      const value = String(headers[header]);
      expect((status === 401 ? /^undefined$/ : /^\d+$/).test(value), `${header} is ${value}`);
    }
    const type = headers['content-type'];
    const answer = JSON.parse(exchange.body);
    if (status >= 400) {
      expect(operation.errors.includes(status), `status ${status} is not documented`);
      expect(type === errorMedia, `Content-Type is ${type}`);
      const named = headers['www-authenticate'] ? undefined : answer.errorCode;
      expect(headers['x-error-code'] === named, `X-Error-Code is ${headers['x-error-code']}`);
      return [...problems, ...errorsOf('ApiError', answer)];
    }
    const schema = operation.answers[status];
    expect(schema !== undefined, `status ${status} is not documented`);
    // The description doesn't have the charset, which all recordings have.
    const charset = operation.media === errorMedia ? '' : ';charset=utf-8';
    if (schema) expect(type === operation.media + charset, `Content-Type is ${type}`);
    else expect(exchange.body === '{}', `the body is ${exchange.body}`);
    const items: unknown[] = schema?.endsWith('[]') ? answer : [answer];
    return schema ? [...problems, ...items.flatMap((item) => errorsOf(schema.replace('[]', ''), item))] : problems;
  };
}

function pathValues(template: string, asked: string): Record<string, string> {
  const values = asked.split('/');
  const named = template.split('/').map((part, index) => [/^\{(\w+)\}$/.exec(part)?.[1] ?? '', values[index] ?? '']);
  return Object.fromEntries(named.filter(([name]) => name !== ''));
}
