import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { AgentFile, InputSpec } from '../../../src/app/agent/agent-file.ts';
import { type AskedInputs, planInputs } from '../../../src/app/agent/input-plan.ts';
import { readTarget } from '../../../src/app/agent/targets.ts';

function spec(name: string, options: InputSpec['options'] = {}): InputSpec {
  return { name, target: readTarget(name) as InputSpec['target'], options };
}

function plan(asked: Partial<AskedInputs>) {
  return planInputs({
    inputs: [],
    flags: {},
    file: undefined,
    agentName: undefined,
    defaultService: undefined,
    ...asked,
  });
}

describe('what is to be read', () => {
  it('has this machine as host and agent, and a service by its name, unless somebody says more', () => {
    const names = [
      '/var/log/nginx/access.log',
      '/var/log/*.log',
      '-',
      'tcp-listen://:5140',
      'unix:///dev/log',
    ];
    const planned = plan({ inputs: names.map((name) => spec(name)) });
    expect(planned.map(({ read }) => read.service)).toEqual([undefined, undefined, 'stdin', 'tcp', 'unix']);
    expect(planned[0]).toMatchObject({
      read: { host: hostname(), format: 'auto', multiline: 'off', tags: { agent: hostname() } },
      reconnect: false,
    });
    expect(plan({ inputs: [spec('/x')], defaultService: 'shop' })[0]?.read.service).toBe('shop');
  });

  it('goes by what an input says itself, then by flags, then by what the file says of all', () => {
    const file: AgentFile = {
      options: { name: 'from-file' },
      defaults: { service: 'file', host: 'file', format: 'json', tags: { a: 'file', b: 'file', c: 'file' } },
      inputs: [spec('/x', { service: 'own', tags: { a: 'own' } })],
    };
    const flags = { service: 'flag', host: 'flag', tags: { a: 'flag', b: 'flag' } };
    expect(plan({ inputs: [spec('/y')], flags, file }).map(({ read }) => read)).toMatchObject([
      { service: 'flag', host: 'flag', format: 'json', tags: { a: 'flag', b: 'flag', c: 'file' } },
      {
        service: 'own',
        host: 'flag',
        format: 'json',
        tags: { a: 'own', b: 'flag', c: 'file', agent: 'from-file' },
      },
    ]);
    expect(plan({ inputs: [spec('/y')], file, agentName: 'flag' })[0]?.read.tags['agent']).toBe('flag');
  });
});
