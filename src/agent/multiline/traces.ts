import type { LineContext } from '../formats/format.ts';
import { beginsWithTime } from '../formats/text.ts';

/** What kind of output an event is, as far as its lines so far say: it decides which lines may follow. */
export type TraceKind = 'plain' | 'timed' | 'java' | 'python' | 'python-told' | 'go' | 'node';

/** What a line is to the event before it. */
export type Role =
  /** Begins an event of this kind. */
  | { readonly role: 'start'; readonly kind: TraceKind }
  /** Goes on with it; which is of this kind now. */
  | { readonly role: 'more'; readonly kind: TraceKind }
  /** Blank: goes on with it if a line follows that does. */
  | { readonly role: 'blank' };

/** More than this of a line says nothing more of its role. */
const HEAD_UNITS = 400;

/** `java.lang.IllegalStateException: message`, `System.IO.IOException: …`, `TypeError: …`, `app.errors.NotFound: …`. */
const EXCEPTION =
  /^(?:[A-Za-z_$][\w$]{0,99}(?:\.|::)){0,20}(?:[A-Za-z_$][\w$]{0,99})?(?:Exception|Error|Throwable|Interrupt)(?: \[[^\]]*\])?(?::.*)?$/;
/** What a runtime prints as it ends: no logger has said something before it. */
const CRASH = /^(?:Exception in thread |Unhandled exception[.:])/;
/** The last line of a Python traceback: the name of an exception, whatever it is called. */
const PYTHON_LAST = /^(?:[A-Za-z_]\w{0,99}\.){0,20}[A-Za-z_]\w{0,99}(?::.*)?$/;
const PYTHON_CHAIN = /^(?:During handling of the above exception|The above exception was the direct cause)/;
const TRACEBACK = /^(?:Traceback \(most recent call last\):|Exception Group Traceback )/;
const JAVA_MORE =
  /^(?:Caused by: |Suppressed: |\.\.\. \d+ (?:more|common frames omitted)|at [\w$.]+|--- End of |---> )/;
/** Behind a panic: what goroutines do. */
const GO_MORE =
  /^(?:goroutine \d+ |\[(?:signal|recovered)|created by |exit status \d|panic: |runtime stack:|[\w$./*()[\]{}·~-]+\(.*\)$|\t)/;
const GO_START = /^(?:panic: |fatal error: |runtime: |SIG[A-Z]+: )/;
/** `/app/index.js:12`, above the line of source that threw. */
const NODE_PLACE = /^(?:node:[\w/-]{1,100}|(?:file:\/\/)?[\w@./\\:-]{1,300}\.[cm]?[jt]sx?):\d{1,7}$/;
const NODE_MORE = /^(?:Node\.js v\d|\}|Thrown at:)/;
/** Ruby says where first. */
const RUBY_START = /^\S{1,300}:\d{1,7}:in ['`][^']{1,300}'?: /;
const CLOSING = /^[})\]]+[,;]?$/;

/**
 * What a line is to the event before it, which is of this kind; undefined: there is none. Traces of Java, .NET,
 * Python, Go, Node and Ruby hang together; else a line that is indented goes on with the one before it.
 */
export function roleOf(line: string, before: TraceKind | undefined, context: LineContext): Role {
  const head = line.slice(0, HEAD_UNITS);
  if (head.trim() === '' && line.length <= HEAD_UNITS) return { role: 'blank' };
  if (before !== undefined) {
    const kind = continued(head, before);
    if (kind !== undefined && !(kind.mayBeTimed && beginsWithTime(line, context)))
      return { role: 'more', kind: kind.kind };
  }
  return { role: 'start', kind: startKind(head, line, context) };
}

function startKind(head: string, line: string, context: LineContext): TraceKind {
  if (GO_START.test(head)) return 'go';
  if (TRACEBACK.test(head)) return 'python';
  if (NODE_PLACE.test(head)) return 'node';
  if (CRASH.test(head) || EXCEPTION.test(head) || RUBY_START.test(head)) return 'java';
  return beginsWithTime(line, context) ? 'timed' : 'plain';
}

/** What an event becomes by a line that goes on with it. */
interface Continuation {
  readonly kind: TraceKind;
  /** Whether it begins an event after all if a time stands in front. */
  readonly mayBeTimed: boolean;
}

/** Undefined if the line does not go on with an event of this kind. */
function continued(head: string, before: TraceKind): Continuation | undefined {
  const code = head.charCodeAt(0);
  if (code === 0x20 || code === 0x09) return { kind: indentedKind(head, before), mayBeTimed: false };
  if (JAVA_MORE.test(head) && before !== 'plain')
    return { kind: before === 'timed' ? 'java' : before, mayBeTimed: false };
  switch (before) {
    case 'timed':
      // A logger prints the trace below its own line.
      if (TRACEBACK.test(head)) return { kind: 'python', mayBeTimed: false };
      return EXCEPTION.test(head) ? { kind: 'java', mayBeTimed: true } : undefined;
    case 'python':
      if (TRACEBACK.test(head)) return { kind: 'python', mayBeTimed: false };
      return PYTHON_LAST.test(head) ? { kind: 'python-told', mayBeTimed: true } : undefined;
    case 'python-told':
      return PYTHON_CHAIN.test(head) || TRACEBACK.test(head)
        ? { kind: 'python', mayBeTimed: false }
        : undefined;
    case 'go':
      return GO_MORE.test(head) ? { kind: 'go', mayBeTimed: true } : undefined;
    case 'node':
      return EXCEPTION.test(head) || NODE_MORE.test(head) || CLOSING.test(head)
        ? { kind: 'node', mayBeTimed: true }
        : undefined;
    case 'java':
      return CLOSING.test(head) ? { kind: 'java', mayBeTimed: false } : undefined;
    case 'plain':
      return CLOSING.test(head) && head.length <= 3 ? { kind: 'plain', mayBeTimed: false } : undefined;
  }
}

/** A line of frames makes any event a trace, which may have causes below. */
function indentedKind(head: string, before: TraceKind): TraceKind {
  if (before !== 'plain' && before !== 'timed') return before;
  return /^\s+at\s/.test(head) ? 'java' : before;
}
