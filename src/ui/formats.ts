import { UsageError } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';

/** The output formats: `terraform` of what Terraform knows, the others of every command. */
export const formats = ['table', 'json', 'jsonl', 'yaml', 'tsv', 'id', 'terraform'] as const;
export type Format = (typeof formats)[number];

export function parseFormat(text: string): Format {
  const format = formats.find((name) => name === text.trim().toLowerCase());
  if (format) return format;
  throw new UsageError(`'${text}' is not an output format.`, didYouMean(text, formats));
}
