import { AwsRefusal, invalidValue } from './refusal.js';

/**
 * The parameters of EC2's query protocol. Lists are numbered from 1 (`SubnetId.1`), structures use dots
 * (`Filter.1.Value.2`). It records which parameters were read: the others are unknown, which is an error.
 */
export interface Ec2Query {
  /** Undefined if it is not given. */
  text(name: string): string | undefined;
  required(name: string): string;
  flag(name: string): boolean | undefined;
  whole(name: string): number | undefined;
  list(name: string): string[];
  /** The structures of a list. */
  each(name: string): Ec2Query[];
  /** Throws a refusal if a given parameter was not read. */
  checkAllRead(): void;
}

export function parseEc2Query(form: URLSearchParams): Ec2Query {
  const given = new Map(form);
  const read = new Set<string>();
  const within = (prefix: string): Ec2Query => {
    const text = (name: string) => {
      read.add(prefix + name);
      return given.get(prefix + name);
    };
    /** The numbers of a list, in order. */
    const numbers = (name: string) => {
      const start = `${prefix}${name}.`;
      const found = [...given.keys()].flatMap((key) =>
        key.startsWith(start) ? (/^\d+/.exec(key.slice(start.length)) ?? []) : [],
      );
      return [...new Set(found)].sort((one, other) => Number(one) - Number(other));
    };
    return {
      text,
      required: (name) => {
        const value = text(name);
        if (value !== undefined && value !== '') return value;
        throw new AwsRefusal('MissingParameter', `The request must contain the parameter ${prefix}${name}`);
      },
      flag: (name) => {
        const value = text(name);
        if (value === undefined) return undefined;
        if (value === 'true' || value === 'false') return value === 'true';
        throw invalidValue(`Invalid value '${value}' for ${prefix}${name}. Must be true or false`);
      },
      whole: (name) => {
        const value = text(name);
        if (value === undefined) return undefined;
        if (/^-?\d{1,9}$/.test(value)) return Number(value);
        throw invalidValue(`Invalid value '${value}' for ${prefix}${name}. Must be a number`);
      },
      list: (name) => numbers(name).flatMap((number) => text(`${name}.${number}`) ?? []),
      each: (name) => numbers(name).map((number) => within(`${prefix}${name}.${number}.`)),
      checkAllRead: () => {
        const unread = [...given.keys()].find((key) => !read.has(key));
        if (unread === undefined) return;
        throw new AwsRefusal('UnknownParameter', `The parameter ${unread} is not recognized`);
      },
    };
  };
  return within('');
}
