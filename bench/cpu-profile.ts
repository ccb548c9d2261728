import { readFileSync } from 'node:fs';

/** A function as it was called from its parent in this tree. Times in milliseconds. */
export interface Frame {
  readonly name: string;
  /**
   * Where it is: `src/store/mysql/write.ts:21`, `node_modules/mysql2`, `node:net`, or empty for V8's own
   * work.
   */
  readonly place: string;
  selfMs: number;
  /** With everything that it called. */
  totalMs: number;
  readonly children: Map<string, Frame>;
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

/** What `node --cpu-prof` writes. */
interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  /** Microseconds from one sample to the next. */
  readonly timeDeltas: readonly number[];
}

/** Time in which nothing ran. */
const IDLE = new Set(['(idle)', '(root)']);

/** Reads a profile as a tree of what ran; the time in which nothing did is left out. */
export function readProfile(path: string): Frame {
  const profile = JSON.parse(readFileSync(path, 'utf8')) as CpuProfile;
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const selfMs = new Map<number, number>();
  profile.samples.forEach((id, index) => {
    selfMs.set(id, (selfMs.get(id) ?? 0) + (profile.timeDeltas[index] ?? 0) / 1000);
  });
  const root = emptyFrame('all', '');
  const add = (id: number, parent: Frame): void => {
    const node = nodes.get(id);
    if (node === undefined || node.callFrame.functionName === '(idle)') return;
    const frame = IDLE.has(node.callFrame.functionName) ? parent : childOf(parent, node);
    frame.selfMs += selfMs.get(id) ?? 0;
    for (const child of node.children ?? []) add(child, frame);
  };
  const [first] = profile.nodes;
  if (first) add(first.id, root);
  sum(root);
  return root;
}

/** Time by function, wherever it was called from, most first. */
export function byFunction(root: Frame): [string, number][] {
  return totals(root, ({ name, place }) => (place === '' ? name : `${name}  ${place}`));
}

/** Time by room of ours, library, or part of Node, most first. */
export function byPlace(root: Frame): [string, number][] {
  return totals(root, ({ name, place }) => place.replace(/[^/]*\.[jt]s:\d+$/, '').replace(/\/$/, '') || name);
}

function totals(root: Frame, keyOf: (frame: Frame) => string): [string, number][] {
  const times = new Map<string, number>();
  const visit = (frame: Frame): void => {
    times.set(keyOf(frame), (times.get(keyOf(frame)) ?? 0) + frame.selfMs);
    for (const child of frame.children.values()) visit(child);
  };
  visit(root);
  return [...times].sort(([, a], [, b]) => b - a);
}

function childOf(parent: Frame, { callFrame }: ProfileNode): Frame {
  const name = callFrame.functionName === '' ? '(anonymous)' : callFrame.functionName;
  const place = placeOf(callFrame);
  const key = `${name} ${place}`;
  const known = parent.children.get(key) ?? emptyFrame(name, place);
  parent.children.set(key, known);
  return known;
}

function placeOf({ url, lineNumber }: ProfileNode['callFrame']): string {
  const library = /node_modules\/((?:@[^/]+\/)?[^/]+)(?!.*node_modules)/.exec(url)?.[1];
  if (library !== undefined) return library;
  const ours = /\/dist\/(.*)\.js$/.exec(url)?.[1];
  return ours === undefined ? url : `src/${ours}.ts:${lineNumber + 1}`;
}

function emptyFrame(name: string, place: string): Frame {
  return { name, place, selfMs: 0, totalMs: 0, children: new Map() };
}

function sum(frame: Frame): number {
  frame.totalMs = frame.selfMs;
  for (const child of frame.children.values()) frame.totalMs += sum(child);
  return frame.totalMs;
}
