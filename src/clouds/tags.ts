import { UsageError } from '../base/errors.js';

export type Tags = Readonly<Record<string, string>>;

/** What a cloud allows. Every cloud with tags allows 50, and this program adds up to three. */
interface TagRules {
  cloud: string;
  /** The starts of keys that are taken. */
  reserved: RegExp;
  /** Characters that a key can't have. */
  invalid?: RegExp;
  longest: { key: number; value: number };
}

/** Reads tags, each `key=value`. Throws usage errors. */
export function parseTags(given: readonly string[], { cloud, reserved, invalid, longest }: TagRules): Tags {
  if (given.length > 47)
    throw new UsageError('There are more than 47 tags.', `${cloud} allows 50 tags, and atlas-pe adds three.`);
  const tags = given.map((each, index) => {
    const [key = '', ...rest] = each.split('=');
    const value = rest.join('=');
    if (key.trim() === '' || rest.length === 0 || invalid?.test(key))
      throw new UsageError(`'${each}' is not a valid tag.`, 'Example: team=data');
    const [start] = reserved.exec(key) ?? [];
    if (start !== undefined) throw new UsageError(`A tag cannot start with ${start}.`, 'Choose another key.');
    if (key.length > longest.key || value.length > longest.value)
      throw new UsageError(
        `The tag ${key.slice(0, 128)} is too long.`,
        `Limits: ${longest.key} characters (key), ${longest.value} (value).`,
      );
    if (given.slice(0, index).some((other) => other.startsWith(`${key}=`)))
      throw new UsageError(`The tag ${key} is given twice.`, 'Remove one of them.');
    return [key, value] as const;
  });
  return Object.fromEntries(tags);
}
