import { stringify } from 'yaml';
import { printable } from './streams.js';

/** YAML of plain data. */
export function renderYaml(data: unknown): string {
  return printable(stringify(data));
}
