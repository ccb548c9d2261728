/** The colours of a terminal, as far as the page tells them apart. */
export type AnsiColour = 'grey' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan';

/** How a piece of text looks on a terminal. */
export interface AnsiLook {
  readonly fg?: AnsiColour | undefined;
  readonly bg?: AnsiColour | undefined;
  readonly isBold?: boolean;
  readonly isDim?: boolean;
  readonly isItalic?: boolean;
  readonly isUnderlined?: boolean;
  readonly isStruck?: boolean;
  readonly isInverse?: boolean;
}

/** Text of one look. */
export interface AnsiRun {
  readonly text: string;
  readonly look: AnsiLook | undefined;
}

/**
 * A control sequence: of 7 bits, or of 8. Those that end in `m` say how text looks; the others move the cursor
 * or erase, which means nothing here.
 */
const SEQUENCE = /(?:\u001b\[|\u009b)([0-?]*)[ -/]*([@-~])/g;
/** Black and white are the colour of the text: a terminal's ground is not this page's. */
const COLOURS: readonly (AnsiColour | undefined)[] = [
  undefined,
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  undefined,
];
/** Where the colours stand on the wheel, in degrees. */
const HUES: readonly (readonly [AnsiColour, number])[] = [
  ['red', 0],
  ['yellow', 50],
  ['green', 120],
  ['cyan', 180],
  ['blue', 225],
  ['magenta', 300],
  ['red', 360],
];

/** Whether a text has sequences that a terminal would not show. */
export function hasAnsi(text: string): boolean {
  return text.includes('\u001b[') || text.includes('\u009b');
}

/** A text as runs of one look each; a text without sequences is one run. What is concealed is shown. */
export function ansiRuns(text: string): readonly AnsiRun[] {
  const runs: AnsiRun[] = [];
  let look: AnsiLook | undefined;
  let from = 0;
  const push = (to: number) => {
    if (to > from) runs.push({ text: text.slice(from, to), look });
  };
  for (const match of text.matchAll(SEQUENCE)) {
    push(match.index);
    from = match.index + match[0].length;
    if (match[2] === 'm') look = lookAfter(look, match[1] ?? '');
  }
  push(text.length);
  return runs;
}

function lookAfter(before: AnsiLook | undefined, parameters: string): AnsiLook | undefined {
  // `38:2::r:g:b` and `38;2;r;g;b` say the same.
  const codes = parameters.split(/[;:]/).map((code) => (code === '' ? 0 : Number(code)));
  let look: AnsiLook = before ?? {};
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      const [colour, length] = extendedColour(codes.slice(at + 1), parameters.includes(':'));
      look = { ...look, [code === 38 ? 'fg' : 'bg']: colour };
      at += length;
    } else {
      look = code === 0 ? {} : { ...look, ...changeOf(code) };
    }
  }
  return Object.values(look).some((value) => value !== undefined && value !== false) ? look : undefined;
}

function changeOf(code: number): AnsiLook {
  if (code >= 30 && code <= 37) return { fg: COLOURS[code - 30] };
  if (code >= 40 && code <= 47) return { bg: COLOURS[code - 40] ?? 'grey' };
  if (code >= 90 && code <= 97) return { fg: code === 90 ? 'grey' : COLOURS[code - 90] };
  if (code >= 100 && code <= 107) return { bg: COLOURS[code - 100] ?? 'grey' };
  return CHANGES.get(code) ?? {};
}

const CHANGES: ReadonlyMap<number, AnsiLook> = new Map<number, AnsiLook>([
  [1, { isBold: true }],
  [2, { isDim: true }],
  [3, { isItalic: true }],
  [4, { isUnderlined: true }],
  [7, { isInverse: true }],
  [9, { isStruck: true }],
  [21, { isUnderlined: true }],
  [22, { isBold: false, isDim: false }],
  [23, { isItalic: false }],
  [24, { isUnderlined: false }],
  [27, { isInverse: false }],
  [29, { isStruck: false }],
  [39, { fg: undefined }],
  [49, { bg: undefined }],
]);

/** What follows 38 or 48, and how many codes that takes. */
function extendedColour(
  codes: readonly number[],
  hasColons: boolean,
): readonly [AnsiColour | undefined, number] {
  const [kind, index = 0] = codes;
  if (kind === 5) return [indexedColour(index), 2];
  if (kind !== 2) return [undefined, 0];
  // With colons the place of a colour space may stand before the three.
  const skipped = hasColons && codes.length >= 5 ? 1 : 0;
  const [red = 0, green = 0, blue = 0] = codes.slice(1 + skipped);
  return [nearestColour(red, green, blue), 4 + skipped];
}

function indexedColour(index: number): AnsiColour | undefined {
  if (index < 8) return COLOURS[index];
  if (index < 16) return index === 8 ? 'grey' : COLOURS[index - 8];
  if (index >= 232) return index < 250 ? 'grey' : undefined;
  const cube = index - 16;
  return nearestColour(...[36, 6, 1].map((unit) => (Math.floor(cube / unit) % 6) * 51));
}

function nearestColour(red = 0, green = 0, blue = 0): AnsiColour | undefined {
  const [most, least] = [Math.max(red, green, blue), Math.min(red, green, blue)];
  const spread = most - least;
  if (spread < 40) return most < 60 || most > 200 ? undefined : 'grey';
  const sixth =
    most === red
      ? ((green - blue) / spread + 6) % 6
      : most === green
        ? (blue - red) / spread + 2
        : (red - green) / spread + 4;
  const hue = sixth * 60;
  return HUES.reduce((best, each) => (Math.abs(each[1] - hue) < Math.abs(best[1] - hue) ? each : best))[0];
}
