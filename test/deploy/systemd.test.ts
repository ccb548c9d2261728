import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/errors/catalogue.ts';
import { lms } from '../cli/lms.ts';
import { foreignProgram } from '../support/foreign.ts';
import { systemdComplaints } from './systemd.ts';

const UNIT = new URL('../../deploy/systemd/lms-agent.service', import.meta.url);
const analyze = await foreignProgram('systemd-analyze');

let folder: string;
let text: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lms-test-systemd-'));
  text = await readFile(UNIT, 'utf8');
});
afterAll(() => rm(folder, { recursive: true }));

/** The lines of a setting of the unit. */
function valuesOf(name: string): string[] {
  return [...text.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value);
}

describe('deploy/systemd/lms-agent.service', () => {
  it('starts the program as it can be started', async () => {
    const [command = ''] = valuesOf('ExecStart');
    const [path, ...args] = command.split(' ');
    expect(path).toBe('/usr/bin/lms');
    const yaml = join(folder, 'agent.yaml');
    await writeFile(yaml, 'inputs: [/var/log/syslog]\n');
    const given = args.map((arg) => (arg === '/etc/lms/agent.yaml' ? yaml : arg));
    expect(given).toContain(yaml);
    const { status } = await lms([...given, '--help']);
    expect(status).toBe(0);
  });

  it('lets it end what is under way, and keeps its state where the agent looks for it', () => {
    expect(Number(valuesOf('TimeoutStopSec')[0])).toBeGreaterThan(10);
    expect(valuesOf('StateDirectory')).toEqual(['lms-agent']);
  });

  it('starts again what may pass, and not what somebody has to mend in a file', () => {
    const { USAGE, SETTINGS, AGENT } = CATALOGUE;
    const given = [USAGE, SETTINGS, AGENT].map(({ exitStatus }) => exitStatus).join(' ');
    expect(valuesOf('RestartPreventExitStatus')).toEqual([given]);
    expect(valuesOf('Restart')).toEqual(['always']);
  });

  it.runIf(analyze !== undefined)('is as systemd has it', async () => {
    expect(await systemdComplaints(analyze ?? '', text, folder)).toEqual([]);
    const wrong = text.replace('Restart=always', 'Restart=perhaps').replace('PrivateTmp', 'PrivatTmp');
    const complaints = await systemdComplaints(analyze ?? '', wrong, folder);
    expect(complaints.join('\n')).toContain('restart specifier');
    expect(complaints.join('\n')).toContain('PrivatTmp');
  });
});
