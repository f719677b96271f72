import { type IPty, spawn } from '@lydell/node-pty';
import { node, program } from './run-program.js';
import { Screen } from './screen.js';

/** The built program in a real pseudo-terminal, whose screen can be read and keys pressed. */
export class Terminal {
  readonly raw: () => string;
  readonly exit: Promise<number>;
  readonly #pty: IPty;
  readonly #screen: Screen;

  constructor(
    argv: readonly string[],
    env: Record<string, string>,
    { columns = 100, rows = 30, shell = [] as readonly string[] } = {},
  ) {
    this.#screen = new Screen({ columns, rows });
    const { TERM = 'xterm-256color' } = env;
    const [command = '', ...args] = [...shell, node, program, ...argv];
    this.#pty = spawn(command, args, {
      ...{ cols: columns, rows, name: TERM },
      env: { PATH: process.env.PATH ?? '', ...env },
    });
    this.raw = () => this.#screen.raw;
    this.#pty.onData((text) => this.#screen.write(text));
    this.exit = new Promise((resolve) => {
      // What was written last may still be on its way to the screen.
      this.#pty.onExit(({ exitCode }) => void this.#screen.written().then(() => resolve(exitCode)));
    });
  }

  /** The lines on the screen as a person sees them, without those that are empty at the end. */
  lines(): string[] {
    return this.#screen.lines();
  }

  /** Resolves as soon as the screen shows this. */
  shows(pattern: RegExp): Promise<void> {
    return this.#screen.shows(pattern, this.exit);
  }

  resize(columns: number, rows: number): void {
    this.#screen.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  type(keys: string): void {
    this.#pty.write(keys);
  }
}
