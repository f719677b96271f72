import type { Chance } from '../chance.js';
import type { FaultOutcome } from '../lifetime.js';
import type { World, WorldView } from '../world.js';
import { AwsRefusal, invalidValue } from './refusal.js';
import type { Xml, XmlObject } from './xml.js';

export interface RegionView extends WorldView {
  /** In AWS's spelling. For an action: the region in the signature of the request. */
  region: string;
}

export interface ActionRequest extends RegionView, Chance {
  query: QueryParameters;
  /** The result of a create, from the faults file. */
  fate: FaultOutcome | undefined;
}

/** Returns the content of the answer. Throws refusals, as changes do. */
export type ReadAction = (request: ActionRequest) => XmlObject;

export type ChangeAction = (request: ActionRequest) => { world: World; answer: Xml };

export const done = { return: true } as const;

/**
 * The parameters of EC2's query protocol. Lists are numbered from 1 (`SubnetId.1`), structures use dots
 * (`Filter.1.Value.2`). It records which parameters were read: the others are unknown, which is an error.
 */
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
    if (value !== undefined && value !== '') return value;
    throw new AwsRefusal('MissingParameter', `The request must contain the parameter ${this.prefix}${name}`);
  }

  flag(name: string): boolean | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (value === 'true' || value === 'false') return value === 'true';
    throw invalidValue(`Invalid value '${value}' for ${this.prefix}${name}. Must be true or false`);
  }

  whole(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (/^-?\d{1,9}$/.test(value)) return Number(value);
    throw invalidValue(`Invalid value '${value}' for ${this.prefix}${name}. Must be a number`);
  }

  list(name: string): string[] {
    return this.numbers(name).flatMap((number) => this.text(`${name}.${number}`) ?? []);
  }

  requiredList(name: string): string[] {
    const values = this.list(name);
    if (values.length > 0) return values;
    throw new AwsRefusal('MissingParameter', `The request must contain the parameter ${name}`);
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
    if (unread === undefined) return;
    throw new AwsRefusal('UnknownParameter', `The parameter ${unread} is not recognized`);
  }
}
