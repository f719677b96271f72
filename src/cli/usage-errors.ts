import type { CommanderError } from 'commander';
import { type CommandLine, commandFirst } from '../command-first.js';
import { UsageError } from '../base/errors.js';
import { listed } from '../base/listed.js';
import { isList } from '../program/shared.js';
import { tree } from '../program/tree.js';
import type { createProgram } from '../program.js';
import { commandLine, quote } from '../base/shell.js';

type Command = ReturnType<typeof createProgram>['commands'][number];

/** What commander finds wrong with a command line, in our words. */
export async function usageError(
  { code, message }: CommanderError,
  program: ReturnType<typeof createProgram>,
  line: CommandLine,
): Promise<UsageError> {
  const see = `See ${line.help}`;
  const name = line.path.join(' ');
  // commander quotes the names of options and arguments.
  const [, quoted = ''] = /'(.+?)'/.exec(message) ?? [];
  const [flag = ''] = quoted.split(', ').at(-1)?.split(/[ =]/) ?? [];
  switch (code) {
    case 'commander.excessArguments': {
      const command = line.path.reduce<Command | undefined>(
        (parent, next) => (parent ?? program).commands.find((each) => each.name() === next),
        undefined,
      );
      const { args = [], registeredArguments = [] } = command ?? {};
      const most = registeredArguments.length;
      const extra = args.slice(most);
      const takes =
        ['no arguments', 'one argument at most', 'two arguments at most'][most] ?? `${most} arguments at most`;
      const what =
        most === 0 ? '' : ` ${listed(extra.map((word) => `'${word}'`))} ${extra.length === 1 ? 'is' : 'are'} too much.`;
      const hint = (await meant(extra, line)) ?? divided(extra, line, command) ?? see;
      return new UsageError(`'${name}' takes ${takes}.${what}`, hint);
    }
    case 'commander.missingArgument':
      return new UsageError(`'${name}' needs <${quoted}>.`, see);
    case 'commander.optionMissingArgument':
      return new UsageError(`${flag} needs a value.`, see);
    case 'commander.unknownOption':
      // What is known by now has no value, and was given one: --json=yes.
      return new UsageError(/^--.*=/.test(quoted) ? `${flag} takes no value.` : `Unknown option '${quoted}'.`, see);
    default: {
      const sentence = message.replace(/^error: (.)/, (_, first: string) => first.toUpperCase());
      return new UsageError(sentence.replace(/\.?$/, '.'), see);
    }
  }
}

/** Says how several values are given, where the first word that is too much stands behind an option that takes such. */
function divided([word = '']: readonly string[], { argv }: CommandLine, command?: Command): string | undefined {
  const [before = '', value = ''] = argv.slice(0, argv.indexOf(word)).slice(-2);
  const list = command?.options.find(({ long }) => before === long || value.startsWith(`${long}=`));
  return list && isList(list) ? `Separate the values of ${list.long} with commas: a,b` : undefined;
}

/** What these commands, which take no endpoint, may have been meant to do with one. */
const withEndpoint: Record<string, (words: readonly string[]) => readonly string[]> = {
  create: ([command = '', ...rest]) => [command, '--region', ...rest],
  list: ([, ...rest]) => ['get', ...rest],
  'connection-strings': ([command = '', ...rest]) => [command, '--endpoint', ...rest],
};

/** A command line that does something with the endpoint that this one names in vain; undefined where there is none. */
async function meant([word, ...others]: readonly string[], { path, argv }: CommandLine): Promise<string | undefined> {
  const make = withEndpoint[path.join(' ')];
  if (!make || word === undefined || others.length > 0) return undefined;
  // What regions there are is loaded by nobody who need not know.
  const [{ isKnownRegion }, { isAtlasId, parseImportId }] = await Promise.all([
    import('../atlas/regions.js'),
    import('../atlas/ids.js'),
  ]);
  const isId = path[0] !== 'create' && (isAtlasId(word) || parseImportId(word) !== undefined);
  if (!isId && !isKnownRegion(word)) return undefined;
  const at = argv.lastIndexOf(word);
  // An option says where, or has the same value: then it isn't clear what is meant.
  if (at !== argv.indexOf(word) || argv.some((each) => /^--(region|endpoint)\b/.test(each))) return undefined;
  const rest = [...argv.slice(path.length, at), ...argv.slice(at + 1)];
  const words = make([...path, word, ...rest]);
  try {
    // Its options may be none of that command's.
    commandFirst(tree, words);
    return `Did you mean: ${commandLine(words.map(quote).join(' '))}`;
  } catch {
    return undefined;
  }
}
