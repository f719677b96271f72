import { ensure } from '../frontend.js';
import type { Chance, FaultOutcome, World, WorldView } from '../world.js';

export interface RegionView extends WorldView {
  /** In AWS's spelling. For an action: the region in the signature of the request. */
  region: string;
}

export interface ActionRequest extends RegionView, Chance {
  query: QueryParameters;
  fate: FaultOutcome | undefined;
}

/** Returns the content of the answer. One that only reads returns the world as it was. Throws refusals. */
export type Action = (request: ActionRequest) => { world: World; answer: XmlObject };

export const done = { return: true } as const;

export function ensureValue(isFine: unknown, message: string): asserts isFine {
  ensure(isFine, 'InvalidParameterValue', message);
}

export function ensureGiven(isGiven: unknown, parameter: string): asserts isGiven {
  ensure(isGiven, 'MissingParameter', `The request must contain the parameter ${parameter}`);
}

/** EC2's query protocol: `SubnetId.1`, `Filter.1.Value.2`. A parameter that is not read is unknown, which is an error. */
export class QueryParameters {
  constructor(
    private readonly form: URLSearchParams,
    private readonly prefix = '',
    private readonly read = new Set<string>(),
  ) {}

  text(name: string): string | undefined {
    this.read.add(this.prefix + name);
    return this.form.get(this.prefix + name) ?? undefined;
  }

  required(name: string): string {
    const value = this.text(name);
    ensureGiven(value, this.prefix + name);
    return value;
  }

  flag(name: string): boolean | undefined {
    const value = this.text(name);
    const what = `Invalid value '${value}' for ${this.prefix}${name}. Must be true or false`;
    ensureValue(value === undefined || value === 'true' || value === 'false', what);
    return value && value === 'true';
  }

  whole(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    ensureValue(/^-?\d{1,9}$/.test(value), `Invalid value '${value}' for ${this.prefix}${name}. Must be a number`);
    return Number(value);
  }

  list(name: string): string[] {
    return this.numbers(name).flatMap((number) => this.text(`${name}.${number}`) ?? []);
  }

  requiredList(name: string): string[] {
    const values = this.list(name);
    ensureGiven(values.length > 0, name);
    return values;
  }

  each(name: string): QueryParameters[] {
    return this.numbers(name).map(
      (number) => new QueryParameters(this.form, `${this.prefix}${name}.${number}.`, this.read),
    );
  }

  private numbers(name: string): string[] {
    const start = `${this.prefix}${name}.`;
    const found = [...this.form.keys()].flatMap((key) =>
      key.startsWith(start) ? (/^\d+/.exec(key.slice(start.length)) ?? []) : [],
    );
    return [...new Set(found)].sort((one, other) => Number(one) - Number(other));
  }

  checkAllRead(): void {
    const unread = [...this.form.keys()].find((key) => !this.read.has(key));
    ensure(unread === undefined, 'UnknownParameter', `The parameter ${unread} is not recognized`);
  }
}

/** A part of an answer. A list becomes `<item>` elements. Undefined values are left out. */
export type Xml = string | number | boolean | undefined | readonly Xml[] | XmlObject;
export type XmlObject = { readonly [name: string]: Xml };

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function xmlDocument(root: string, namespace: string | undefined, content: Xml): string {
  const attribute = namespace === undefined ? '' : ` xmlns="${namespace}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${attribute}>${inner(content)}</${root}>`;
}

function inner(content: Xml): string {
  if (content === undefined) return '';
  if (typeof content !== 'object') return escaped(String(content));
  if (Array.isArray(content)) return content.map((item: Xml) => `<item>${inner(item)}</item>`).join('');
  return Object.entries(content)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `<${name}>${inner(value)}</${name}>`)
    .join('');
}

function escaped(text: string) {
  return text.replace(/[&<>"]/g, (character) => escapes[character] ?? '');
}
