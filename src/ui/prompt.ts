import { createInterface } from 'node:readline';
import { PassThrough, Writable } from 'node:stream';
import { codeOf, InterruptedError, reasonOf, UsageError } from '../base/errors.js';
import { readAll } from '../base/files.js';
import type { Host } from '../base/host.js';
import { prose } from './streams.js';

export type Questions = ReturnType<typeof createQuestions>;

const [ctrlC, newline, enter] = [0x03, 0x0a, 0x0d];

/** Each throws an InterruptedError on Ctrl-C. */
export function createQuestions(
  { stdin, stderr }: Pick<Host, 'stdin' | 'stderr'>,
  signal: AbortSignal,
  report?: (question: string) => void,
) {
  const keyboard = createKeyboard(stdin);
  const ask = (question: string, isHidden = false) =>
    keyboard.together(() => askLine({ keyboard, stderr, signal, report }, question, isHidden));
  return {
    /** Asks for a line of text. `isAgain`: the last answer was wrong, so it discards what was typed ahead. */
    text: async (question: string, { isAgain = false } = {}) => {
      if (isAgain) keyboard.discard();
      return (await ask(`${question}:`)).trim();
    },
    secret: (question: string) => ask(`${question}:`, true),
    confirm: async (question: string) => /^y(es)?$/i.test((await ask(`${question} [y/N]`)).trim()),
    together: keyboard.together,
  };
}

type Keyboard = ReturnType<typeof createKeyboard>;

/** Gives each question one line of what is typed. Readline would lose the rest, such as a pasted secret. */
function createKeyboard(stdin: Host['stdin']) {
  let typedAhead: Buffer = Buffer.alloc(0);
  let keys: PassThrough | undefined;
  let depth = 0;
  const setRawMode = (isRaw: boolean) => stdin.setRawMode?.(isRaw);
  const feed = (typed: Buffer | string) => {
    typedAhead = Buffer.concat([typedAhead, Buffer.from(typed)]);
    // In a terminal, Ctrl-C discards what was typed before it.
    const interrupt = typedAhead.lastIndexOf(ctrlC);
    if (interrupt > 0) typedAhead = typedAhead.subarray(interrupt);
    if (!keys) return;
    const answered = keys;
    const { line, rest, isComplete } = firstLine(typedAhead);
    typedAhead = rest;
    if (isComplete) keys = undefined;
    answered.write(line);
  };
  const endKeys = () => keys?.end();
  return {
    setRawMode,
    discard: () => {
      typedAhead = Buffer.alloc(0);
    },
    /** Sends keys there, up to the end of a line. */
    connect: (input: PassThrough) => {
      keys = input;
      feed('');
      if (stdin.readableEnded) endKeys();
    },
    disconnect: () => {
      keys = undefined;
    },
    /** Runs work that asks several questions. Text typed ahead of a question isn't shown before that question. */
    together: async <T>(work: () => Promise<T>) => {
      if (depth++ === 0) {
        setRawMode(true);
        stdin.on('data', feed).on('end', endKeys).resume();
      }
      try {
        return await work();
      } finally {
        if (--depth === 0) {
          stdin.off('data', feed).off('end', endKeys).pause();
          setRawMode(false);
        }
      }
    },
  };
}

function firstLine(typed: Buffer) {
  const end = typed.findIndex((byte) => byte === enter || byte === newline) + 1;
  if (end === 0) return { line: typed, rest: Buffer.alloc(0), isComplete: false };
  const isTwo = typed[end - 1] === enter && typed[end] === newline;
  return { line: typed.subarray(0, end), rest: typed.subarray(isTwo ? end + 1 : end), isComplete: true };
}

interface Asking extends Pick<Host, 'stderr'> {
  keyboard: Keyboard;
  signal: AbortSignal;
  report: ((question: string) => void) | undefined;
}

async function askLine({ keyboard, stderr, signal, report }: Asking, question: string, isHidden: boolean) {
  signal.throwIfAborted();
  // The answer stands on the line of the question.
  const width = stderr.columns ? { isTTY: true, columns: stderr.columns - ' yes'.length } : stderr;
  // Readline redraws only the last line of a prompt.
  const [, above = '', last = ''] = /^([\s\S]*\n)?(.*)$/.exec(prose(question, width).trimEnd()) ?? [];
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  let isOver = false;
  // Readline leaves raw mode on a suspension, and when it closes. But another question may follow.
  const input = Object.assign(new PassThrough(), {
    setRawMode: (isRaw: boolean) => (isOver ? undefined : keyboard.setRawMode(isRaw)),
  });
  const output = isHidden || report ? nowhere : stderr;
  const reader = createInterface({ input, output, terminal: true, prompt: `${last} ` });
  const show = () => {
    if (report) report(question);
    else stderr.write(isHidden ? `${above}${last} ` : above);
    reader.prompt(true);
  };
  try {
    return await new Promise<string>((resolve, reject) => {
      const end = (settle: () => void, isOnNewLine = false) => {
        if (isOver) return;
        isOver = true;
        signal.removeEventListener('abort', interrupt);
        if (!isOnNewLine && !report) stderr.write('\n');
        settle();
      };
      const interrupt = () => end(() => reject(signal.aborted ? signal.reason : new InterruptedError('SIGINT')));
      reader.once('line', (line) => end(() => resolve(line), !isHidden));
      // In raw mode, Ctrl-C is a key, not a signal.
      reader.once('SIGINT', interrupt);
      signal.addEventListener('abort', interrupt, { once: true });
      reader.once('close', () => end(() => resolve('')));
      // After a suspension (Ctrl-Z, fg), readline pauses its input one tick later. Resume it after that.
      reader.on('SIGCONT', () =>
        setImmediate(() => {
          if (isOver) return;
          reader.resume();
          show();
        }),
      );
      // Show the question only now, in raw mode: from here on the terminal doesn't echo input.
      show();
      keyboard.connect(input);
    });
  } finally {
    keyboard.disconnect();
    reader.close();
  }
}

/** In bytes. No credential is longer. */
const mostPiped = 65_536;

/** Reads the rest of stdin, `what`, without its last line break. Throws a usage error if it can't be read or is too long. */
export async function readPiped({ stdin }: Pick<Host, 'stdin'>, signal: AbortSignal, what = 'secret') {
  try {
    if (stdin.isTTY) throw Object.assign(new Error('it is a terminal'), { code: 'ENOTSUP' });
    return (await readAll(stdin, signal, mostPiped)).replace(/\r?\n$/, '');
  } catch (error) {
    if (signal.aborted || codeOf(error) === undefined) throw error;
    throw new UsageError(
      `Cannot read stdin (${reasonOf(error)}).`,
      `Pipe a file with the ${what}, or the output of a command that prints it.`,
    );
  }
}
