import { interfaceKind } from '../atlas/interfaces.js';
import { UsageError } from '../base/errors.js';
import { oneOf } from '../base/listed.js';
import { longName } from '../base/shell.js';
import { clouds, defaultProvider, type Provider, providers } from '../clouds/all.js';
import type { Cloud, InterfaceOptions, InterfaceRequest } from '../clouds/cloud.js';

/**
 * Reads the options of `interface add` and the cloud they are for. If the options don't show the cloud, it is `likely`.
 * Throws usage errors.
 */
export function readRequest(
  options: InterfaceOptions,
  likely: Provider | undefined,
): { provider: Provider; request: InterfaceRequest } {
  const { id } = options;
  const given = optionNames.filter((name) => options[name] !== undefined);
  const cloud = (id === undefined ? undefined : interfaceKind(id)) ?? likely;
  const provider = cloud ?? cloudOf(given) ?? defaultProvider;
  const foreign = given.find((name) => !takes(provider, name));
  if (foreign !== undefined) {
    const others = providers.filter((each) => takes(each, foreign)).map((each) => clouds[each].title);
    throw new UsageError(
      `${longName(foreign)} is for ${oneOf(others)}, but this interface endpoint is on ${clouds[provider].title}.`,
      `Remove ${longName(foreign)}.`,
    );
  }
  return { provider, request: clouds[provider].interfaces.read(options) };
}

/** The first cloud that accepts all these options. Undefined without options. */
function cloudOf(given: readonly OptionName[]): Provider | undefined {
  return given.length === 0 ? undefined : providers.find((each) => given.every((name) => takes(each, name)));
}

type OptionName = keyof Cloud['interfaces']['options'];

/** The options that not every cloud accepts. */
const optionNames = providers.flatMap((provider) => Object.keys(clouds[provider].interfaces.options) as OptionName[]);

function takes(provider: Provider, name: OptionName): boolean {
  return Object.hasOwn(clouds[provider].interfaces.options, name);
}
