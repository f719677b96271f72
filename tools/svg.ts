/** Part of a row in one style, starting at column x. */
export interface Run {
  x: number;
  text: string;
  /** One of the 16 basic colours; undefined for the theme's text colour. */
  color: number | undefined;
  bold: boolean;
  dim: boolean;
}

/** The content of the screen: the runs of each row. */
export type Frame = readonly (readonly Run[])[];

/** Frames, each with its time in ms. */
type Frames = readonly { at: number; frame: Frame }[];

export interface Theme {
  background: string;
  text: string;
  border: string;
  /** Black, red, green, yellow, blue, magenta, cyan, white, then their bright versions. */
  palette: readonly string[];
}

export const themes = {
  light: {
    background: '#ffffff',
    text: '#1f2328',
    border: '#d1d9e0',
    palette: [
      ...['#24292f', '#cf222e', '#116329', '#7d4e00', '#0550ae', '#8250df', '#1b7c83', '#6e7781'],
      ...['#57606a', '#a40e26', '#1a7f37', '#633c01', '#0969da', '#6639ba', '#136061', '#8c959f'],
    ],
  },
  dark: {
    background: '#0d1117',
    text: '#e6edf3',
    border: '#3d444d',
    palette: [
      ...['#484f58', '#ff7b72', '#3fb950', '#d29922', '#58a6ff', '#bc8cff', '#39c5cf', '#b1bac4'],
      ...['#6e7681', '#ffa198', '#56d364', '#e3b341', '#79c0ff', '#d2a8ff', '#56d4dd', '#ffffff'],
    ],
  },
} satisfies Record<string, Theme>;

const letter = { width: 8.4, height: 19, size: 14 };
const margin = 14;
/** How long the last frame stays, in ms. */
const rest = 3000;

interface Drawing {
  columns: number;
  rows: number;
  theme: Theme;
  title: string;
}

/** Renders frames as an SVG that repeats them. Draws a row once for each content. */
export function toSvg(frames: Frames, { columns, rows, theme, title }: Drawing): string {
  const [first] = frames;
  const begin = first?.at ?? 0;
  const total = (frames.at(-1)?.at ?? 0) - begin + rest;
  const width = columns * letter.width + 2 * margin;
  const height = rows * letter.height + 2 * margin;
  const styles: string[] = [];
  const drawn: string[] = [];
  for (let y = 0; y < rows; y++) {
    for (const { from, to, runs } of spans(frames, y, begin, total)) {
      const text = runs.map((run) => runToSvg(run, theme)).join('');
      if (text === '') continue;
      const line = `<text y="${margin + y * letter.height + letter.size}"`;
      if (to === total && from === 0) {
        drawn.push(`${line}>${text}</text>`);
        continue;
      }
      const name = `k${styles.length}`;
      styles.push(keyframes(name, (from / total) * 100, (to / total) * 100, total));
      // With reduced motion, only the final content is visible.
      drawn.push(`${line} class="${to === total ? 'last' : 'past'} ${name}">${text}</text>`);
    }
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escaped(title)}</title>
<style>
text { font: ${letter.size}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre; fill: ${theme.text} }
.past { visibility: hidden }
@media (prefers-reduced-motion: no-preference) {
${styles.join('\n')}
}
</style>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="${theme.background}" stroke="${theme.border}"/>
${drawn.join('\n')}
</svg>
`;
}

/** What a row shows over time: runs, with `from` and `to` in ms since the start. */
function spans(frames: Frames, y: number, begin: number, total: number) {
  const found: { from: number; to: number; runs: readonly Run[]; key: string }[] = [];
  for (const { at, frame } of frames) {
    const runs = frame[y] ?? [];
    const key = JSON.stringify(runs);
    const last = found.at(-1);
    if (last?.key === key) continue;
    if (last) last.to = at - begin;
    found.push({ from: at - begin, to: total, runs, key });
  }
  return found;
}

function keyframes(name: string, from: number, to: number, total: number): string {
  const [begin, end] = [from.toFixed(2), to.toFixed(2)];
  const before = from > 0 ? `0% { visibility: hidden } ` : '';
  const after = to < 100 ? ` ${end}%, 100% { visibility: hidden }` : ' 100% { visibility: visible }';
  const rule = `@keyframes ${name} { ${before}${begin}% { visibility: visible }${after} }`;
  return `${rule} .${name} { animation: ${name} ${(total / 1000).toFixed(2)}s step-end infinite }`;
}

function runToSvg({ x, text, color, bold, dim }: Run, { palette }: Theme): string {
  const lead = text.length - text.trimStart().length;
  const shown = text.trimStart();
  const looks = [
    color !== undefined && palette[color] !== undefined ? ` fill="${palette[color]}"` : '',
    bold ? ' font-weight="bold"' : '',
    dim ? ' opacity="0.65"' : '',
  ].join('');
  // Keep the terminal's grid, whatever font the reader has.
  const width = (shown.length * letter.width).toFixed(1);
  const left = (margin + (x + lead) * letter.width).toFixed(1);
  return `<tspan x="${left}" textLength="${width}" lengthAdjust="spacingAndGlyphs"${looks}>${escaped(shown)}</tspan>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
