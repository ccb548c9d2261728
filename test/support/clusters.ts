import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { type Guard, guard } from './guard.ts';
import { freePortBlock } from './port-block.ts';
import { Unavailable } from './server.ts';

const SCRIPTS = join(import.meta.dirname, '../../scripts');
/** What a cluster takes at most, see the heads of the scripts. */
const PORTS = 12;
/** The first time, packages are fetched and installed. */
const BUILD_TIMEOUT_MS = 300_000;
const START_TIMEOUT_MS = 180_000;
const COMMAND_TIMEOUT_MS = 120_000;
/** The status of a script on a machine that is not for it. */
const UNAVAILABLE_STATUS = 69;

/**
 * MariaDB with Galera; or MySQL with Group Replication, where all nodes take writes, or one until it fails.
 */
export type ClusterKind = 'galera' | 'mysql-multi-primary' | 'mysql-single-primary';

/** The nodes by their numbers. */
export type NodeNumber = 1 | 2 | 3;

/** What a node says of itself. */
export interface NodeState {
  readonly node: NodeNumber;
  /** `DOWN`, or in the cluster's own words: `Synced Primary` (Galera), `ONLINE SECONDARY` (MySQL). */
  readonly state: string;
}

/** Three servers on loopback with the same data, and no database yet. */
export interface Cluster extends AsyncDisposable {
  /** `mysql://root@127.0.0.1:port` of a node. */
  url(node: NodeNumber): string;
  /** kill -9: nothing is flushed, nobody is told. Rejects if the node does not run. */
  kill(node: NodeNumber): Promise<void>;
  /** Starts a node that was killed, on its own data; resolves once it is a member and has caught up. */
  join(node: NodeNumber): Promise<void>;
  /** Of all three, in order. */
  states(): Promise<NodeState[]>;
}

/**
 * Starts a cluster on free ports; installs what it needs the first time. It ends with us, however we end.
 * Throws `Unavailable` on a machine that cannot have one, otherwise an error with what the servers said.
 */
export async function startCluster(kind: ClusterKind): Promise<Cluster> {
  await buildCluster(kind);
  const port = await freePortBlock(PORTS);
  const script = new ClusterScript(kind, port);
  const stopper = guard('"$1" stop "$2"', script.path, String(port));
  try {
    const urls = await script.run('start', script.mode, START_TIMEOUT_MS);
    return new ScriptedCluster(script, urls.split('\n'), stopper);
  } catch (error) {
    await stopper.release();
    throw error;
  }
}

/**
 * Installs what a cluster needs, if it is not there yet. Throws `Unavailable` on a machine that cannot have
 * one.
 */
export async function buildCluster(kind: ClusterKind): Promise<void> {
  await runScript(scriptPath(kind), ['build'], BUILD_TIMEOUT_MS);
}

/**
 * Whether a machine that cannot have a cluster fails the run (LMS_REQUIRE_CLUSTERS). Otherwise what needs one
 * is left out, and the run says so.
 */
export function clustersAreRequired(): boolean {
  return Boolean(process.env['LMS_REQUIRE_CLUSTERS']);
}

class ScriptedCluster implements Cluster {
  readonly #script: ClusterScript;
  readonly #urls: readonly string[];
  readonly #stopper: Guard;

  constructor(script: ClusterScript, urls: readonly string[], stopper: Guard) {
    this.#script = script;
    this.#urls = urls;
    this.#stopper = stopper;
  }

  url(node: NodeNumber): string {
    const url = this.#urls[node - 1];
    if (url === undefined) throw new Error(`${this.#script.path} printed no URL of node ${node}`);
    return url;
  }

  async kill(node: NodeNumber): Promise<void> {
    await this.#script.run('kill', [String(node)]);
  }

  async join(node: NodeNumber): Promise<void> {
    await this.#script.run('join', [String(node)]);
  }

  async states(): Promise<NodeState[]> {
    const lines = (await this.#script.run('state', [])).split('\n');
    return ([1, 2, 3] as const).map((node) => ({ node, state: stateIn(lines, node) }));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stopper.release();
  }
}

/** Of a line such as `2 34111 Synced Primary`. */
function stateIn(lines: readonly string[], node: NodeNumber): string {
  const line = lines.find((text) => text.startsWith(`${node} `));
  if (line === undefined) throw new Error(`no state of node ${node} in: ${lines.join('; ')}`);
  return line.split(' ').slice(2).join(' ');
}

class ClusterScript {
  readonly path: string;
  /** The further word that `start` takes. */
  readonly mode: readonly string[];
  readonly #port: string;

  constructor(kind: ClusterKind, port: number) {
    this.path = scriptPath(kind);
    this.mode = { galera: [], 'mysql-multi-primary': ['multi'], 'mysql-single-primary': ['single'] }[kind];
    this.#port = String(port);
  }

  run(command: string, args: readonly string[], timeoutMs = COMMAND_TIMEOUT_MS): Promise<string> {
    return runScript(this.path, [command, ...args, this.#port], timeoutMs);
  }
}

function scriptPath(kind: ClusterKind): string {
  return join(SCRIPTS, kind === 'galera' ? 'galera-cluster' : 'mysql-cluster');
}

/** Its standard output. A script that takes longer than it may is told to end, and cleans up then. */
function runScript(path: string, args: readonly string[], timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(path, args, { timeout: timeoutMs }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout.trim());
      else if (error.code === UNAVAILABLE_STATUS) reject(new Unavailable(stderr.trim()));
      else {
        const reason = error.killed
          ? `not done after ${timeoutMs / 1_000} s`
          : `status ${String(error.code)}`;
        reject(new Error(`${path} ${args.join(' ')}: ${reason}\n${stderr}`, { cause: error }));
      }
    });
  });
}
