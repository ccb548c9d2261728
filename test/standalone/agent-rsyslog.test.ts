import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogEntry } from '../../src/logs/entry.ts';
import { type BrokerProject, brokerProject } from '../support/broker-project.ts';
import { publishedEntries, startAgent, takeEntries } from '../support/listening-agent.ts';
import { freePort } from '../support/ports.ts';
import { obstacleToRsyslog, startRsyslogWith } from '../support/rsyslog.ts';
import { NAMES } from '../support/topology.ts';

const noRsyslog = await obstacleToRsyslog();
if (noRsyslog !== undefined) process.stderr.write(`rsyslog is not tested here. ${noRsyslog}\n`);

const PATIENCE = { timeout: 60_000 };
let project: BrokerProject;
let folder: string;

beforeEach(async () => {
  project = await brokerProject();
  folder = await mkdtemp(join(tmpdir(), 'lms-test-agent-'));
});
afterEach(async () => {
  await project[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** What rsyslog does with each message: it sends it there, and tries for ever. */
function forwardTo(port: number, settings: string): string {
  return `global(localHostname="db-7")
action(type="omfwd" target="127.0.0.1" port="${String(port)}" ${settings}
       queue.type="LinkedList" queue.filename="forward" queue.saveOnShutdown="on"
       action.resumeRetryCount="-1" action.resumeInterval="1")
`;
}

const line = (n: number) => `line ${String(n).padStart(6, '0')} of app.`;
const linesFrom = (from: number, count: number) => Array.from({ length: count }, (_, n) => line(from + n));
const saidBy = (found: readonly LogEntry[]) =>
  found.map(({ payload }) => /line \d+ of app\.$/.exec(payload)?.[0] ?? payload).toSorted();
const published = () => project.published(NAMES.topic);

const FRAMINGS = [
  [
    'tcp-listen',
    'counted, as RFC 5424',
    `protocol="tcp" tcp_framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format"`,
  ],
  [
    'tcp-listen',
    'in lines, as RFC 3164',
    `protocol="tcp" tcp_framing="traditional" template="RSYSLOG_TraditionalForwardFormat"`,
  ],
  ['tcp-listen', 'in lines, with whole times', `protocol="tcp" template="RSYSLOG_ForwardFormat"`],
  ['udp-listen', 'as datagrams of RFC 3164', `protocol="udp" template="RSYSLOG_TraditionalForwardFormat"`],
] as const;

describe.runIf(noRsyslog === undefined)('what rsyslog forwards', () => {
  it.each(FRAMINGS)(
    'by %s, %s, is there once, and read as it was meant, though both are started again',
    async (scheme, _how, settings) => {
      const port = await freePort();
      const args = [`${scheme}://127.0.0.1:${String(port)}`, '--state', join(folder, 'state')];
      const began = Date.now();
      let agent = await startAgent(args, project.env);
      await using rsyslog = await startRsyslogWith(forwardTo(port, settings), { TZ: 'UTC' });
      await rsyslog.log(linesFrom(0, 300));
      await expect.poll(published, PATIENCE).toBeGreaterThanOrEqual(300);
      await rsyslog.restart();
      await rsyslog.log(linesFrom(300, 300));
      await expect.poll(published, PATIENCE).toBeGreaterThanOrEqual(600);
      // Nothing is on its way then: so a kill costs nothing.
      await agent.stop('SIGKILL');
      agent = await startAgent(args, project.env);
      await rsyslog.restart();
      await rsyslog.log(linesFrom(600, 300));
      const found = await publishedEntries(project, 900);
      const ended = Date.now();
      expect(saidBy(found)).toEqual(linesFrom(0, 900));
      for (const { serviceName, severity, timestamp, tags } of found) {
        expect([serviceName, severity]).toEqual(['app', 'warn']);
        expect(JSON.parse(tags ?? '')).toMatchObject({ host: 'db-7', peer: '127.0.0.1', facility: 'local0' });
        const atMs = Date.parse(`${timestamp.replace(' ', 'T')}Z`);
        expect(atMs).toBeGreaterThan(began - 2_000);
        expect(atMs).toBeLessThanOrEqual(ended);
      }
      const { status } = await agent.stop();
      expect(status).toBe(0);
      // What was confirmed before the kill may come again, as the same.
      expect(published()).toBeGreaterThanOrEqual(900);
    },
  );

  it('by TCP outlives a stop of the agent in the midst of it: none is torn, and none is lost that was taken', async () => {
    const port = await freePort();
    const args = [`tcp-listen://127.0.0.1:${String(port)}`, '--state', join(folder, 'state')];
    const settings = `protocol="tcp" tcp_framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format"`;
    let agent = await startAgent(args, project.env);
    await using rsyslog = await startRsyslogWith(forwardTo(port, settings), { TZ: 'UTC' });
    await rsyslog.log(linesFrom(0, 20_000));
    for (const [signal, atLeast] of [
      ['SIGTERM', 2_000],
      ['SIGKILL', 6_000],
    ] as const) {
      await expect.poll(published, { ...PATIENCE, interval: 5 }).toBeGreaterThanOrEqual(atLeast);
      await agent.stop(signal);
      agent = await startAgent(args, project.env);
    }
    // The last are sent when all is well again: so all before them was sent, too.
    const last = linesFrom(20_000, 100);
    await rsyslog.log(last);
    const found = new Map<string, LogEntry>();
    let taken = 0;
    const missing = async () => {
      const there = published();
      await takeEntries(project, there - taken, found);
      taken = there;
      const seen = new Set(saidBy([...found.values()]));
      return last.filter((each) => !seen.has(each)).length;
    };
    await expect.poll(missing, { ...PATIENCE, interval: 200 }).toBe(0);
    const seen = new Set(saidBy([...found.values()]));
    const all = new Set(linesFrom(0, 20_100));
    // None is torn.
    expect([...seen].filter((each) => !all.has(each))).toEqual([]);
    // What a kill costs is what was on its way: of TCP that is what both systems hold of a connection.
    expect(seen.size).toBeGreaterThan(6_000);
  });
});
