import { type IPty, spawn } from '@lydell/node-pty';
import { programEnv, programWords } from './run-program.js';
import { Screen } from './screen.js';

/**
 * When the program has ended, the shell around it writes its exit code as a window title. Our program never sets a
 * title.
 */
const [introducer, terminator] = ['\x1b', '\x07'];
const ended = new RegExp(`${introducer}\\]2;ended (\\d+)${terminator}`);

/**
 * A shell around the program that stays alive. node-pty stops reading 200 ms after its own process ends, which loses
 * output on a busy machine.
 */
const around = [
  'sh',
  '-c',
  `trap : INT QUIT; exec 3>&2 2> /dev/null; "$@" 2>&3 3>&-; printf '\\033]2;ended %d\\007' $?; exec cat > /dev/null`,
  'sh',
];

/** The built program in a real pseudo-terminal. Tests read the screen and press keys. */
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
    const [command = '', ...args] = [...around, ...shell, ...programWords, ...argv];
    this.#pty = spawn(command, args, {
      cols: columns,
      rows,
      name: TERM,
      env: programEnv(env),
    });
    this.raw = () => this.#screen.raw.replace(ended, '');
    this.exit = new Promise((resolve) => {
      // The last output may not be on the screen yet.
      const end = (code: number) => void this.#screen.written().then(() => resolve(code));
      this.#pty.onData((text) => {
        this.#screen.write(text);
        const [, code] = ended.exec(this.#screen.raw) ?? [];
        if (code === undefined) return;
        end(Number(code));
        this.#pty.kill();
      });
      this.#pty.onExit(({ exitCode }) => end(exitCode));
    });
  }

  /** Whether the program, or this part of its output, has left the cursor shown. */
  hasCursor(text = this.raw()): boolean {
    return text.lastIndexOf('\x1b[?25h') > text.lastIndexOf('\x1b[?25l');
  }

  lines(): string[] {
    return this.#screen.lines();
  }

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
