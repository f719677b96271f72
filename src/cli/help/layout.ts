import { Help } from 'commander';
import type { Line } from '../line.js';

/** If fewer columns are left beside a term, its description goes below it. */
const leastBeside = 20;

const usageHead = 'Usage: ';

/** The differences from commander's help layout. On a narrow screen too, every line fits except examples. */
export const layout = {
  minWidthToWrap: leastBeside,
  formatItem: (term: string, termWidth: number, description: string, help: Help): string => {
    const width = help.helpWidth ?? 80;
    if (description === '' || width - termWidth - 4 >= leastBeside) {
      return Help.prototype.formatItem.call(help, term, termWidth, description, help);
    }
    return `  ${term}\n${indent(help.boxWrap(description, width - 6), 6)}`;
  },
  commandUsage(this: Help, line: Line): string {
    // Without aliases, which have their own line.
    const lines = ['atlas-pe', ...line.path, line.usage()].join(' ').split('\n');
    const wrapped = lines.map((each) => this.boxWrap(each.trim(), (this.helpWidth ?? 80) - usageHead.length));
    return `${usageHead}${indent(wrapped.join('\n'), usageHead.length).trimStart()}`;
  },
  subcommandTerm: (line: Line): string => line.name(),
};

/** The same layout for text that belongs to no command. */
export function layoutOf(width: number): Help {
  const help = Object.assign(new Help(), layout);
  help.prepareContext({ helpWidth: width });
  return help;
}

/** Terms and their meanings in two columns. The first is at least `least` columns wide. */
export function items(all: readonly (readonly [term: string, meaning: string])[], help: Help, least = 0): string {
  const widest = Math.max(least, ...all.map(([term]) => term.length));
  return all.map(([term, meaning]) => help.formatItem(term, widest, meaning, help)).join('\n');
}

function indent(text: string, columns: number): string {
  return text.replace(/^/gm, ' '.repeat(columns));
}
