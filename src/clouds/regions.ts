import distance from 'leven';
import { UsageError } from '../base/errors.js';
import { closest, guessed } from '../base/words.js';
import { clouds, type Provider, providers } from './all.js';
import type { RegionNames } from './facts.js';
import { dashed } from './shapes.js';

export interface Region extends RegionNames {
  /** False if the table does not have it. Atlas may have added the region, so this is a warning and not an error. */
  known: boolean;
}

export function knownRegions(provider: Provider) {
  return clouds[provider].regions.map(({ region }) => region);
}

/** The region of a response, in either spelling. If it isn't in the table, the other spelling may be the same. */
export function regionNames(provider: Provider, answered: string): RegionNames {
  return findRegion(provider, answered) ?? clouds[provider].newRegion(answered);
}

/** A place with its region in both spellings, if its cloud is known. */
export function withBothNames<P extends { provider: string | null; region: string | null }>(place: P) {
  const cloud = providers.find((name) => name === place.provider);
  const names = cloud && place.region !== null ? regionNames(cloud, place.region) : undefined;
  return { ...place, atlasRegion: place.region as P['region'], ...names };
}

/** Accepts an unknown region unless it is a likely misspelling. Throws a usage error. `isOnlyCloud`: no other can be chosen. */
export function parseRegion(provider: Provider, text: string, { isOnlyCloud = false } = {}): Region {
  if (text.trim() === '') throw new UsageError('The region is empty.', 'Check for an unset variable.');
  const known = findRegion(provider, text);
  if (known) return { ...known, known: true };

  const { title, regions, regionShape, newRegion } = clouds[provider];
  const elsewhere = providers.find((other) => findRegion(other, text));
  const near = nearMiss(provider, dashed(text));
  const guesses: string[] = [];
  // A region of another cloud is misspelled only if nothing but its dashes is wrong.
  if (near !== undefined && (!elsewhere || bare(near) === bare(dashed(text)))) guesses.push(guessed(near));
  if (elsewhere) {
    const other = isOnlyCloud ? `use a region of ${title}.` : `use --provider ${elsewhere.toLowerCase()}`;
    guesses.push(`'${text}' belongs to ${clouds[elsewhere].title}: ${other}`);
  }
  if (guesses.length === 0 && regionShape.test(dashed(text))) return { ...newRegion(text.trim()), known: false };
  // There are too many regions to list them.
  const form =
    `${title} regions look like ${regions[0]?.region} or ` +
    `${regions[0]?.atlasRegion}. To list them: atlas-pe regions --provider ` +
    `${provider.toLowerCase()}`;
  throw new UsageError(`'${text}' is not a valid ${title} region.`, guesses.join(' ') || form, 'otherWord');
}

/** Reads the region of an argument. Throws a usage error also if `option`, the value of --region, is another one. */
export function parsePlace(provider: Provider, text: string, option = text): Region {
  const place = parseRegion(provider, text);
  if (place.region !== parseRegion(provider, option).region)
    throw new UsageError(`'${text}' and --region ${option} are different regions.`, 'Use only one of them.');
  return place;
}

/** Throws a usage error if no cloud can have this region. `likely`: the clouds of a misspelled one. */
export function checkRegionOfAnyCloud(text: string, likely = providers) {
  if (providers.some((provider) => findRegion(provider, text))) return;
  const written = dashed(text);
  const near = likely.map((provider) => nearMiss(provider, written)).find((name) => name !== undefined);
  if (near !== undefined) throw new UsageError(`'${text}' is not a valid region.`, guessed(near), 'misspelled');
  // The format of Azure fits almost any word.
  const hasDashAndNumber = /-.*\d$/.test(written);
  if (hasDashAndNumber && providers.some((provider) => clouds[provider].regionShape.test(written))) return;
  throw new UsageError(`'${text}' is not a valid region.`, 'Examples: us-east-1, US_EAST_1');
}

export function isRegion({ region, atlasRegion }: RegionNames, text: string) {
  const written = text.trim().toLowerCase();
  return written === region.toLowerCase() || written === atlasRegion.toLowerCase();
}

/** The known regions with this name, in the spelling of their cloud. Several clouds have a US_EAST_2. */
export function regionsNamed(text: string) {
  return providers.flatMap((provider) => {
    const names = findRegion(provider, text);
    return names ? [{ provider, region: names.region }] : [];
  });
}

/** The clouds that have this region in their table. All clouds if no table has it. */
export function cloudsOf(region: string) {
  const known = regionsNamed(region).map(({ provider }) => provider);
  return known.length > 0 ? known : providers;
}

function findRegion(provider: Provider, text: string) {
  return clouds[provider].regions.find((names) => isRegion(names, text));
}

/** The region that a misspelled one (`us-eest-1`) is like. One that has only a new number (`us-east-3`) is right. */
function nearMiss(provider: Provider, written: string) {
  const { regions, regionShape } = clouds[provider];
  const same = regions.find((known) => bare(known.region) === bare(written));
  if (same) return same.region;
  const names = regions.flatMap(({ region, atlasRegion }) => [region, dashed(atlasRegion)]);
  if (!regionShape.test(written)) return closest(written, names);
  const vocabulary = new Set(names.flatMap((name) => wordsOf(name)));
  const typed = wordsOf(written);
  if (typed.every((word) => vocabulary.has(word))) return undefined;
  // One wrong letter in an area such as `us`, and more in a longer word.
  const mostIn = (word: string) => (word.length <= 2 || typed.length === 1 ? 1 : 2);
  const isMeant = (word: string, index: number) => {
    const each = typed[index] ?? '';
    return word === each || (!vocabulary.has(each) && distance(each, word) <= mostIn(word));
  };
  const likely = names.filter((name) => wordsOf(name).length === typed.length && wordsOf(name).every(isMeant));
  return likely.sort((a, b) => distance(a, written) - distance(b, written))[0];
}

function wordsOf(name: string) {
  return name.replace(/-?\d+$/, '').split('-');
}

/** Without dashes, because each cloud puts them elsewhere: GCP `us-central1`, AWS `us-east-1`. */
function bare(name: string) {
  return name.replaceAll('-', '');
}
