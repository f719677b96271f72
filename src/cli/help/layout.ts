import { type CommandUnknownOpts, Help } from '@commander-js/extra-typings';

/** Where fewer columns are left beside a term, its meaning stands below it. */
const leastBeside = 20;

const usageHead = 'Usage: '.length;

/** What differs from commander's layout of help: on a narrow screen, too, every line fits that is no example. */
export const layout = {
  minWidthToWrap: leastBeside,
  formatItem: (term: string, termWidth: number, description: string, help: Help): string => {
    const width = widthOf(help);
    if (description === '' || width - termWidth - 4 >= leastBeside) {
      return Help.prototype.formatItem.call(help, term, termWidth, description, help);
    }
    return `  ${term}\n${indent(help.boxWrap(description, width - 6), 6)}`;
  },
  commandUsage(this: Help, command: CommandUnknownOpts): string {
    const lines = Help.prototype.commandUsage.call(this, command).split('\n');
    const wrapped = lines.map((line) => this.boxWrap(line.trim(), widthOf(this) - usageHead));
    return indent(wrapped.join('\n'), usageHead).trimStart();
  },
};

/** The same for text that belongs to no command. */
export function layoutOf(width: number): Help {
  const help = Object.assign(new Help(), layout);
  help.prepareContext({ helpWidth: width });
  return help;
}

/** Terms with their meanings, which stand at least so many columns in. */
export function items(all: readonly (readonly [term: string, meaning: string])[], help: Help, least = 0): string {
  const widest = Math.max(least, ...all.map(([term]) => term.length));
  return all.map(([term, meaning]) => help.formatItem(term, widest, meaning, help)).join('\n');
}

function widthOf({ helpWidth = 80 }: Help): number {
  return helpWidth;
}

function indent(text: string, columns: number): string {
  return text.replace(/^/gm, ' '.repeat(columns));
}
