import { stringify } from 'yaml';
import { printable } from './streams.js';

/** YAML of plain data. */
export function renderYaml(data: unknown): string {
  const plain = stringify(data);
  const safe = printable(plain);
  // Only between double quotes does an escape mean the character.
  return safe === plain
    ? plain
    : printable(stringify(data, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' }));
}
