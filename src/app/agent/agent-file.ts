import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import { aboutSetting, SETTING_NAMES } from '../../config/schema.ts';
import { nearest } from '../../text/nearest.ts';
import { AGENT_OPTION_NAMES, AGENT_READERS, type AgentOptions } from './agent-options.ts';
import { misfitsOf } from './input-fit.ts';
import {
  INPUT_OPTION_NAMES,
  type InputOptionName,
  type InputOptions,
  readInputOption,
} from './input-options.ts';
import { Complaint, type Read } from './quantities.ts';
import { readTarget, type Target, targetKey } from './targets.ts';

/** An input as somebody has named it. */
export interface InputSpec {
  /** As it was written. */
  readonly name: string;
  readonly target: Target;
  readonly options: InputOptions;
}

/** What agent.yaml says. */
export interface AgentFile {
  readonly inputs: readonly InputSpec[];
  readonly options: AgentOptions;
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
/** Of a longer name more letters may be wrong. */
const LETTERS_PER_SLIP = 3;
/** What is said of some faults: the library's own words are for whoever calls it. */
const WORDS: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: 'It should be one document: there is no second one after ---.',
  TAG_RESOLVE_FAILED: 'There are no tags such as !include here.',
};
/** How it is run is not the file's to say. */
const RUN_FLAGS = ['once', 'pace', 'speed', 'json', 'config'];

/** Reads the text of agent.yaml. */
export function readAgentFile(text: string): ReadAgentFile {
  const reader = new FileReader(text);
  const file = reader.read();
  return reader.faults.length > 0 ? { faults: reader.faults } : { file };
}

class FileReader {
  readonly #text: string;
  readonly #lines = new LineCounter();
  readonly #faults: (Fault & { readonly offset: number })[] = [];
  readonly #document;
  /** In which line each input stands, by the key of its target. */
  readonly #named = new Map<string, number>();

  constructor(text: string) {
    this.#text = text;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, version: '1.2' });
    for (const { pos, code, message } of [...this.#document.errors, ...this.#document.warnings])
      this.#fault(pos[0], WORDS[code] ?? sentence(message));
  }

  get faults(): readonly Fault[] {
    const sorted = this.#faults.toSorted((one, other) => one.offset - other.offset);
    return sorted.map(({ line, column, message }) => ({ line, column, message }));
  }

  read(): AgentFile {
    const inputs: InputSpec[] = [];
    const nothing = { inputs, options: {}, defaults: {} };
    if (this.#faults.length > 0) return nothing;
    const root = this.#resolved(this.#document.contents);
    if (!isMap(root)) {
      this.#fault(root?.range?.[0] ?? 0, 'It should have inputs: a list of what is read.');
      return nothing;
    }
    return { inputs, ...this.#root(root, inputs) };
  }

  #root(root: YAMLMap, inputs: InputSpec[]): Pick<AgentFile, 'options' | 'defaults'> {
    let options: AgentOptions = {};
    let defaults: InputOptions = {};
    let hasInputs = false;
    for (const { key, name, value } of this.#members(root)) {
      const agentName = AGENT_OPTION_NAMES.find((each) => inYaml(each) === name);
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
      } else this.#unknown(name, key, ['inputs', ...AGENT_OPTION_NAMES, ...INPUT_OPTION_NAMES]);
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
      // A * without quotes names another node.
      this.#fault(
        offsetOf(item ?? list),
        'An input is a path or an address, or has one: - input: /var/log/syslog. What begins with * or - is put in quotes.',
      );
  }

  #inputWithOptions(map: YAMLMap, inputs: InputSpec[]): void {
    let named: Node | undefined;
    let options: InputOptions = {};
    const places = new Map<InputOptionName, Node | undefined>();
    for (const { key, name, value } of this.#members(map)) {
      const optionName = INPUT_OPTION_NAMES.find((each) => inYaml(each) === name);
      if (name === 'input') named = value ?? key;
      else if (optionName === undefined) this.#unknown(name, key, ['input', ...INPUT_OPTION_NAMES]);
      else {
        const read = readInputOption(optionName, this.#valueOf(value));
        if (this.#isGood(read, value ?? key, name)) options = { ...options, ...read };
        places.set(optionName, key);
      }
    }
    if (named === undefined)
      this.#fault(offsetOf(map), 'An input has a path or an address: - input: /var/log/syslog.');
    else
      for (const misfit of this.#target(named, options, inputs))
        this.#fault(offsetOf(places.get(misfit.name)), `${inYaml(misfit.name)}: ${misfit.message}`);
  }

  /** Returns those of the options that the input has no use for. */
  #target(node: Node, options: InputOptions, inputs: InputSpec[]): ReturnType<typeof misfitsOf> {
    const name = this.#valueOf(node);
    if (typeof name !== 'string') {
      this.#fault(offsetOf(node), 'input: It should be a path or an address.');
      return [];
    }
    const target = readTarget(name);
    if (!this.#isGood(target, node, 'input')) return [];
    const key = targetKey(target);
    const before = this.#named.get(key);
    if (before !== undefined)
      this.#fault(offsetOf(node), `input: ${name} is named in line ${before} already.`);
    else this.#named.set(key, this.#lines.linePos(offsetOf(node)).line);
    inputs.push({ name, target, options });
    return misfitsOf(target, options);
  }

  #isGood<T>(read: Read<T>, node: Node | undefined, name: string): read is Exclude<Read<T>, Complaint> {
    if (!(read instanceof Complaint)) return true;
    this.#fault(offsetOf(node), `${name}: ${read.message}`);
    return false;
  }

  #unknown(name: string, key: Node | undefined, known: readonly string[]): void {
    const names = known.map(inYaml);
    const near = nearest(name, names, Math.floor(name.length / LETTERS_PER_SLIP));
    const more = near === undefined ? `There are ${names.join(', ')}.` : `Is it ${near}?`;
    this.#fault(offsetOf(key), `There is no option ${name}. ${elsewhere(name) ?? more}`);
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
    return Object.fromEntries(this.#members(node).map(({ name, value }) => [name, asWritten(value)]));
  }

  #fault(offset: number, message: string): void {
    const { line, col } = this.#lines.linePos(Math.min(offset, this.#text.length));
    this.#faults.push({ offset, line: Math.max(1, line), column: Math.max(1, col), message });
  }
}

/** Where something is said that the file does not say. */
function elsewhere(name: string): string | undefined {
  const flag = `--${name.replaceAll('_', '-')}`;
  if (RUN_FLAGS.includes(name)) return `It is said by the flag ${flag} alone.`;
  const setting = SETTING_NAMES.find(
    (each) => each.toLowerCase() === name.toLowerCase() || aboutSetting(each).flag.split(' ')[0] === flag,
  );
  return setting && `It is a setting: ${setting} in the environment.`;
}

/** The value of a tag: `1.10` is a version, and not 1.1. */
function asWritten(node: Node | undefined): unknown {
  if (!isScalar(node)) return undefined;
  return typeof node.value === 'number' ? (node.source ?? node.value) : node.value;
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
