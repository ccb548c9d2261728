import type { Context } from '../context.ts';

/** How a text looks on a terminal. */
export type Style = 'dim' | 'bold' | 'red' | 'bold red' | 'yellow' | 'cyan' | 'green' | 'blue' | 'magenta';

const CODES: Readonly<Record<Style, string>> = {
  dim: '2',
  bold: '1',
  red: '31',
  'bold red': '1;31',
  yellow: '33',
  cyan: '36',
  green: '32',
  blue: '34',
  magenta: '35',
};

/** Gives a text, of one line, a style; or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** For terminals that show colours. */
export const paint: Paint = (style, text) => (text === '' ? '' : `\x1b[${CODES[style]}m${text}\x1b[0m`);

/** For everything else. */
export const leave: Paint = (_style, text) => text;

/** When texts have colours. */
export const COLOR_CHOICES = ['auto', 'always', 'never'] as const;
export type ColorChoice = (typeof COLOR_CHOICES)[number];

/** By `auto` a terminal has colours, unless NO_COLOR (https://no-color.org) or TERM say that it should not. */
export function hasColors(choice: ColorChoice, { env, stdout }: Pick<Context, 'env' | 'stdout'>): boolean {
  if (choice !== 'auto') return choice === 'always';
  const { NO_COLOR: noColor = '', TERM: terminal } = env;
  return stdout.isTTY === true && noColor === '' && terminal !== 'dumb';
}
