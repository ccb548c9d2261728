import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import { nearest } from '../../text/nearest.ts';
import { INPUT_OPTION_NAMES, type InputOptions, readInputOption, readText } from './input-options.ts';
import { Complaint, type Read } from './quantities.ts';
import { readTarget, type Target } from './targets.ts';

/** An input as somebody has named it. */
export interface InputSpec {
  /** As it was written. */
  readonly name: string;
  readonly target: Target;
  readonly options: InputOptions;
}

/** What agent.yaml says of the agent itself. */
export interface AgentFileOptions {
  /** What entries are told apart by that several agents of a host send. */
  readonly name?: string;
  readonly state?: string;
  readonly url?: string;
  readonly healthPort?: number;
}

/** What agent.yaml says. */
export interface AgentFile {
  readonly inputs: readonly InputSpec[];
  readonly options: AgentFileOptions;
  /** Of all inputs that say nothing else themselves. */
  readonly defaults: InputOptions;
}

/** A mistake in a file. */
export interface Fault {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** What a file says, or everything that is wrong with it, in order. */
export type ReadAgentFile = { readonly file: AgentFile } | { readonly faults: readonly Fault[] };

const MAX_INPUTS = 10_000;
const SLIPS = 3;

/** Reads the text of agent.yaml. */
export function readAgentFile(text: string): ReadAgentFile {
  const reader = new FileReader(text);
  const file = reader.read();
  return reader.faults.length > 0 ? { faults: reader.faults } : { file };
}

const AGENT_READERS: Readonly<Record<keyof AgentFileOptions, (value: unknown) => Read<unknown>>> = {
  name: readText,
  state: readPath,
  url: readUrl,
  healthPort: readPort,
};
const AGENT_NAMES = Object.keys(AGENT_READERS) as (keyof AgentFileOptions)[];

class FileReader {
  readonly #text: string;
  readonly #lines = new LineCounter();
  readonly #faults: (Fault & { readonly offset: number })[] = [];
  readonly #document;

  constructor(text: string) {
    this.#text = text;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, version: '1.2' });
    for (const { pos, message } of this.#document.errors) this.#fault(pos[0], sentence(message));
  }

  get faults(): readonly Fault[] {
    const sorted = this.#faults.toSorted((one, other) => one.offset - other.offset);
    return sorted.map(({ line, column, message }) => ({ line, column, message }));
  }

  read(): AgentFile {
    const inputs: InputSpec[] = [];
    const nothing = { inputs, options: {}, defaults: {} };
    if (this.#document.errors.length > 0) return nothing;
    const root = this.#resolved(this.#document.contents);
    if (!isMap(root)) {
      this.#fault(root?.range?.[0] ?? 0, 'It should have inputs: a list of what is read.');
      return nothing;
    }
    return { inputs, ...this.#root(root, inputs) };
  }

  #root(root: YAMLMap, inputs: InputSpec[]): Pick<AgentFile, 'options' | 'defaults'> {
    let options: AgentFileOptions = {};
    let defaults: InputOptions = {};
    let hasInputs = false;
    for (const { key, name, value } of this.#members(root)) {
      const agentName = AGENT_NAMES.find((each) => inYaml(each) === name);
      const inputName = INPUT_OPTION_NAMES.find((each) => inYaml(each) === name);
      if (name === 'inputs') {
        hasInputs = true;
        this.#inputs(value, key, inputs);
      } else if (agentName !== undefined) {
        const read = AGENT_READERS[agentName](this.#valueOf(value));
        if (this.#isGood(read, value ?? key, name)) options = { ...options, [agentName]: read };
      } else if (inputName !== undefined) {
        const read = readInputOption(inputName, this.#valueOf(value));
        if (this.#isGood(read, value ?? key, name)) defaults = { ...defaults, ...read };
      } else this.#unknown(name, key, ['inputs', ...AGENT_NAMES, ...INPUT_OPTION_NAMES]);
    }
    if (!hasInputs) this.#fault(root.range?.[0] ?? 0, 'It should have inputs: a list of what is read.');
    return { options, defaults };
  }

  #inputs(value: Node | undefined, key: Node | undefined, inputs: InputSpec[]): void {
    if (!isSeq(value) || value.items.length === 0) {
      this.#fault(
        offsetOf(value ?? key),
        'inputs: It should be a list of what is read, such as - input: /var/log/syslog.',
      );
      return;
    }
    if (value.items.length > MAX_INPUTS)
      this.#fault(offsetOf(value), `inputs: There should be at most ${MAX_INPUTS}.`);
    else for (const item of value.items) this.#input(this.#resolved(item), value, inputs);
  }

  /** A name alone, or a name with options. */
  #input(item: Node | undefined, list: Node, inputs: InputSpec[]): void {
    if (isScalar(item)) this.#target(item, {}, inputs);
    else if (isMap(item)) this.#inputWithOptions(item, inputs);
    else
      this.#fault(
        offsetOf(item ?? list),
        'An input is a path or an address, or has one: - input: /var/log/syslog.',
      );
  }

  #inputWithOptions(map: YAMLMap, inputs: InputSpec[]): void {
    let named: Node | undefined;
    let options: InputOptions = {};
    for (const { key, name, value } of this.#members(map)) {
      const optionName = INPUT_OPTION_NAMES.find((each) => inYaml(each) === name);
      if (name === 'input') named = value ?? key;
      else if (optionName === undefined) this.#unknown(name, key, ['input', ...INPUT_OPTION_NAMES]);
      else {
        const read = readInputOption(optionName, this.#valueOf(value));
        if (this.#isGood(read, value ?? key, name)) options = { ...options, ...read };
      }
    }
    if (named === undefined)
      this.#fault(offsetOf(map), 'An input has a path or an address: - input: /var/log/syslog.');
    else this.#target(named, options, inputs);
  }

  #target(node: Node, options: InputOptions, inputs: InputSpec[]): void {
    const name = this.#valueOf(node);
    const target =
      typeof name === 'string' ? readTarget(name) : new Complaint('It should be a path or an address.');
    if (typeof name === 'string' && this.#isGood(target, node, 'input'))
      inputs.push({ name, target, options });
    else if (typeof name !== 'string') this.#isGood(target, node, 'input');
  }

  #isGood<T>(read: Read<T>, node: Node | undefined, name: string): read is Exclude<Read<T>, Complaint> {
    if (!(read instanceof Complaint)) return true;
    this.#fault(offsetOf(node), `${name}: ${read.message}`);
    return false;
  }

  #unknown(name: string, key: Node | undefined, known: readonly string[]): void {
    const names = known.map(inYaml);
    const near = nearest(name, names, SLIPS);
    const more = near === undefined ? `There are ${names.join(', ')}.` : `Is it ${near}?`;
    this.#fault(offsetOf(key), `There is no option ${name}. ${more}`);
  }

  #members(map: YAMLMap): { key: Node | undefined; name: string; value: Node | undefined }[] {
    return map.items.map(({ key, value }) => {
      const node = this.#resolved(key);
      return { key: node, name: String(isScalar(node) ? node.value : ''), value: this.#resolved(value) };
    });
  }

  /** An alias stands for what it names. */
  #resolved(node: unknown): Node | undefined {
    if (isAlias(node)) return node.resolve(this.#document);
    return isScalar(node) || isMap(node) || isSeq(node) ? node : undefined;
  }

  /** A scalar, or an object of scalars: what an option has. */
  #valueOf(node: Node | undefined): unknown {
    if (isScalar(node)) return node.value;
    if (!isMap(node)) return isSeq(node) ? [] : undefined;
    return Object.fromEntries(
      this.#members(node).map(({ name, value }) => [name, isScalar(value) ? value.value : undefined]),
    );
  }

  #fault(offset: number, message: string): void {
    const { line, col } = this.#lines.linePos(Math.min(offset, this.#text.length));
    this.#faults.push({ offset, line: Math.max(1, line), column: Math.max(1, col), message });
  }
}

/** `healthPort` is `health_port` in YAML. */
function inYaml(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function offsetOf(node: Node | undefined): number {
  return node?.range?.[0] ?? 0;
}

function sentence(message: string): string {
  const [line = ''] = message.split('\n');
  return line.endsWith('.') ? line : `${line}.`;
}

function readPath(value: unknown): Read<string> {
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return value;
  return new Complaint('It should be the path of a directory.');
}

function readUrl(value: unknown): Read<string> {
  if (typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value)) return value;
  return new Complaint('It should be the URL of an `lms serve`, such as https://logs.example.com.');
}

function readPort(value: unknown): Read<number> {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535) return value;
  return new Complaint('It should be a port: a number from 1 to 65,535.');
}
