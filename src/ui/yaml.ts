import { stringify } from 'yaml';
import { codeEscape, printable } from './streams.js';

/** Renders plain data as YAML. */
export function renderYaml(data: unknown): string {
  const plain = stringify(data);
  if (printable(plain) === plain) return plain;
  // YAML reads escapes only in double-quoted strings.
  return printable(stringify(data, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' }), codeEscape);
}
