import { type IPty, spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { node, program } from './run-program.js';

/** The built program in a real pseudo-terminal, whose screen can be read and keys pressed. */
export class Terminal {
  readonly raw: () => string;
  readonly exit: Promise<number>;
  readonly #pty: IPty;
  readonly #screen: InstanceType<typeof xterm.Terminal>;
  #onData: (() => void)[] = [];

  constructor(
    argv: readonly string[],
    env: Record<string, string>,
    { columns = 100, rows = 30, shell = [] as readonly string[] } = {},
  ) {
    this.#screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    const { TERM = 'xterm-256color' } = env;
    const [command = '', ...args] = [...shell, node, program, ...argv];
    this.#pty = spawn(command, args, {
      ...{ cols: columns, rows, name: TERM },
      env: { PATH: process.env.PATH ?? '', ...env },
    });
    let raw = '';
    this.raw = () => raw;
    this.#pty.onData((text) => {
      raw += text;
      this.#screen.write(text, () => {
        for (const listener of this.#onData) listener();
      });
    });
    this.exit = new Promise((resolve) => {
      // What was written last may still be on its way to the screen.
      this.#pty.onExit(({ exitCode }) => this.#screen.write('', () => resolve(exitCode)));
    });
  }

  /** The lines on the screen as a person sees them, without those that are empty at the end. */
  lines(): string[] {
    const buffer = this.#screen.buffer.active;
    const lines = Array.from(
      { length: buffer.length },
      (_, index) => buffer.getLine(index)?.translateToString(true) ?? '',
    );
    while (lines.length > 0 && lines.at(-1) === '') lines.pop();
    return lines;
  }

  /** Resolves as soon as the screen shows this. */
  shows(pattern: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (pattern.test(this.lines().join('\n'))) resolve();
      };
      this.#onData.push(look);
      look();
      void this.exit.then(() => {
        look();
        reject(new Error(`The program ended without showing ${pattern}:\n${this.lines().join('\n')}`));
      });
    });
  }

  type(keys: string): void {
    this.#pty.write(keys);
  }
}
