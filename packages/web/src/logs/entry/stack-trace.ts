/** A line of a stack trace. */
export interface StackLine {
  readonly text: string;
  /** It says where the program was, and not what happened. */
  readonly isFrame: boolean;
}

/** How frames look in the languages that services are written in. */
const FRAMES: readonly RegExp[] = [
  // JavaScript, Java, Kotlin, C#, and the second line of Rust's.
  /^\s+at \S/,
  // Java, of what is the same as above.
  /^\s+\.\.\. \d+ (?:more|common frames omitted)/,
  // Python.
  /^\s+File ".+", line \d+/,
  // Go: the place; the function stands before it.
  /^\s+\S+\.go:\d+/,
  // Ruby.
  /^\s+(?:from )?\S+\.rb:\d+:in /,
  // PHP.
  /^#\d+ (?:\S+\(\d+\): |\{main\})/,
  // Rust.
  /^\s+\d+: +(?:0x[0-9a-f]+ - )?[\w<]/,
];
const PYTHON_FRAME = /^\s+File ".+", line \d+/;
const PYTHON_MARKS = /^\s+[~^]+\s*$/;
const GO_FRAME = /^\t\S+\.go:\d+/;
/** One line that looks like a frame may be anything. */
const FEWEST_FRAMES = 2;

/** The lines of a text that is, or has, a stack trace; undefined if it has none. */
export function stackLines(text: string): readonly StackLine[] | undefined {
  if (!text.includes('\n')) return undefined;
  const lines = text.split('\n');
  const isFrame = lines.map((line) => FRAMES.some((pattern) => pattern.test(line)));
  const frames = isFrame.filter(Boolean).length;
  if (frames < FEWEST_FRAMES && !(frames === 1 && /^Traceback |^\s+at .+[:(]/m.test(text))) return undefined;
  lines.forEach((line, n) => {
    if (GO_FRAME.test(line) && n > 0) isFrame[n - 1] = true;
    // The line of the source, and marks below it.
    if (PYTHON_FRAME.test(line) && /^\s{4}/.test(lines[n + 1] ?? '')) isFrame[n + 1] = true;
    if (PYTHON_MARKS.test(line) && isFrame[n - 1] === true) isFrame[n] = true;
  });
  return lines.map((line, n) => ({ text: line, isFrame: isFrame[n] ?? false }));
}
