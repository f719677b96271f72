import { stringify } from 'yaml';
import { codeEscape, printable } from './streams.js';

/** YAML of plain data. */
export function renderYaml(data: unknown): string {
  const plain = stringify(data);
  if (printable(plain) === plain) return plain;
  // Only between double quotes does an escape mean the character.
  return printable(stringify(data, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' }), codeEscape);
}
