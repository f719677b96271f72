import { UsageError } from '../base/errors.js';
import { closest, guessed } from '../base/suggest.js';
import { dataOf, type Format, formats } from './formats.js';
import type { Layout, View } from './view.js';

/** Throws a usage error if --fields names a key that isn't in `keys`. `optionWith` returns the option that would add it. */
export function checkFields(
  fields: readonly string[] | undefined,
  keys: readonly string[],
  optionWith?: (key: string) => string | undefined,
): void {
  const unknown = fields?.find((field) => !keys.includes(field));
  if (unknown === undefined) return;
  if (keys.length === 0) throw new UsageError('This command has no fields to select.', 'Remove --fields.');
  const option = optionWith?.(unknown);
  if (option !== undefined) throw new UsageError(`The field '${unknown}' requires ${option}.`, `Add ${option}.`);
  const near = closest(unknown, keys);
  const guess = near === undefined ? '' : `${guessed(near)} `;
  throw new UsageError(`Unknown field '${unknown}'.`, `${guess}Valid fields: ${keys.join(', ')}`);
}

/** Renders a view in its own way of a format, or in that of every view, which --fields asks for; or what --query returns. */
export async function render(view: View, format: string, layout: Layout): Promise<string> {
  const known: Readonly<Record<string, Format>> = formats;
  if (layout.query)
    return (await known[format]?.renderResult?.(layout.query(dataOf(view, layout.fields)), view.id)) ?? '';
  const own = layout.fields ? undefined : view.own?.[format];
  return own?.() ?? known[format]?.render(view, layout) ?? '';
}
