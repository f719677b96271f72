import { Writable } from 'node:stream';
import xterm from '@xterm/headless';
import type { Output } from '../../src/base/host.js';

const csi = '\x1b[';

/** A terminal without a window. Tests read its content as a person sees it. */
export class Screen {
  /** The stream that a program in this process writes to. */
  readonly stream: Output;
  readonly #terminal: InstanceType<typeof xterm.Terminal>;
  #raw = '';
  #onWritten: (() => void)[] = [];

  /** Set `convertEol` if there is no pseudo-terminal, which would convert line ends. */
  constructor({ columns, rows, convertEol = false }: { columns: number; rows: number; convertEol?: boolean }) {
    this.#terminal = new xterm.Terminal({ cols: columns, rows, convertEol, allowProposedApi: true });
    this.stream = this.#makeStream(columns, rows);
  }

  /** Everything that was written, with control codes. */
  get raw(): string {
    return this.#raw;
  }

  write(text: string, done?: () => void): void {
    this.#raw += text;
    this.#terminal.write(text, () => {
      for (const listener of this.#onWritten) listener();
      done?.();
    });
  }

  /** Resolves when everything written so far is on the screen, including what is still in the stream. */
  written(): Promise<void> {
    return new Promise((resolve) => this.stream.write('', () => resolve()));
  }

  /** The visible lines, without empty ones at the end. */
  lines(): string[] {
    const buffer = this.#terminal.buffer.active;
    const lines = Array.from(
      { length: buffer.length },
      (_, index) => buffer.getLine(index)?.translateToString(true, 0, this.#terminal.cols) ?? '',
    );
    while (lines.length > 0 && lines.at(-1) === '') lines.pop();
    return lines;
  }

  /** Resolves as soon as the screen matches. Rejects if the program ends first. */
  shows(pattern: RegExp, ended: Promise<unknown>): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (pattern.test(this.lines().join('\n'))) resolve();
      };
      this.#onWritten.push(look);
      look();
      void ended.then(() => {
        look();
        reject(new Error(`The program ended without showing ${pattern}:\n${this.lines().join('\n')}`));
      });
    });
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
    Object.assign(this.stream, { columns, rows }).emit('resize');
  }

  #makeStream(columns: number, rows: number): Output {
    const stream = new Writable({
      write: (chunk, _encoding, done) => this.write(String(chunk), done),
      decodeStrings: false,
    });
    const send = (text: string) => stream.write(text);
    return Object.assign(stream, {
      isTTY: true,
      columns,
      rows,
      cursorTo: (x: number) => send(`${csi}${x + 1}G`),
      moveCursor: (_: number, dy: number) => send(`${csi}${Math.abs(dy)}${dy < 0 ? 'A' : 'B'}`),
      clearLine: () => send(`${csi}2K`),
    });
  }
}
