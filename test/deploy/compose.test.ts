import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { containerProblems } from './containers.ts';

interface Service {
  readonly build?: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
  readonly stop_grace_period?: string;
}

const source = readFileSync(new URL('../../docker-compose.yml', import.meta.url), 'utf8');
/** With the defaults in place of variables. */
const { services } = parse(source.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
};
const ours = Object.entries(services).filter(([, { build }]) => build !== undefined);

describe('docker-compose.yml', () => {
  it.each(ours)(
    '%s: starts the program as it can be started',
    async (_name, { command, environment, ports }) => {
      const env = Object.entries(environment).map(([name, value]) => ({ name, value: String(value) }));
      const inside = (ports ?? []).map((port) => ({
        name: port,
        containerPort: Number(port.split(':').at(-1)),
      }));
      expect(await containerProblems({ args: command, env, ports: inside }, {})).toEqual([]);
    },
  );

  it('opens ports on this machine alone', () => {
    const ports = Object.values(services).flatMap((service) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(3);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('has the server where it says, with the token that it says', () => {
    const { environment, ports } = services['server']!;
    const [, token, url] = /Bearer (\S+)' '(http:\/\/\S+?)\/api/.exec(source) ?? [];
    expect(environment['ROOT_TOKEN']).toBe(token);
    expect(ports).toEqual([`${url?.slice('http://'.length) ?? ''}:${String(environment['SERVE_PORT'])}`]);
  });

  it('waits for longer than a worker drains', () => {
    for (const [, { stop_grace_period: grace }] of ours)
      expect(Number.parseInt(grace ?? '', 10)).toBeGreaterThan(10);
  });
});
