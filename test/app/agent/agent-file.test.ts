import { describe, expect, it } from 'vitest';
import { readAgentFile } from '../../../src/app/agent/agent-file.ts';

/** The faults, as `line:column message`. */
function faultsOf(text: string): string[] {
  const read = readAgentFile(text);
  if (!('faults' in read)) return [];
  return read.faults.map(({ line, column, message }) => `${String(line)}:${String(column)} ${message}`);
}

describe('agent.yaml', () => {
  it('has inputs, each with its own options, and options of all', () => {
    const read = readAgentFile(`
name: web-1a
state: /var/lib/lms-agent
url: https://logs.example.com
health_port: 9465
service: shop
tags: { env: production, rack: 7 }
inputs:
  - /var/log/syslog
  - input: /var/log/nginx/access*.log
    service: nginx
    format: access
    zone: Europe/Berlin
  - input: tcp-listen://0.0.0.0:5140
    host: router
    flush_partial: 500ms
    spool: 1GB
    multiline: '\\d{4}-\\d\\d'
  - { input: 'tcp://127.0.0.1:9000', reconnect: true, multiline: off }
  - '-'
`);
    expect(read).toEqual({
      file: {
        options: {
          name: 'web-1a',
          state: '/var/lib/lms-agent',
          url: 'https://logs.example.com',
          healthPort: 9465,
        },
        defaults: { service: 'shop', tags: { env: 'production', rack: '7' } },
        inputs: [
          { name: '/var/log/syslog', target: { kind: 'files', pattern: '/var/log/syslog' }, options: {} },
          {
            name: '/var/log/nginx/access*.log',
            target: { kind: 'files', pattern: '/var/log/nginx/access*.log' },
            options: { service: 'nginx', format: 'access', zone: 'Europe/Berlin' },
          },
          {
            name: 'tcp-listen://0.0.0.0:5140',
            target: { kind: 'tcp-listen', host: '0.0.0.0', port: 5140 },
            options: { host: 'router', flushPartial: 500, spool: 1e9, multiline: '\\d{4}-\\d\\d' },
          },
          {
            name: 'tcp://127.0.0.1:9000',
            target: { kind: 'tcp', host: '127.0.0.1', port: 9000 },
            options: { reconnect: true, multiline: 'off' },
          },
          { name: '-', target: { kind: 'stdin' }, options: {} },
        ],
      },
    });
  });

  it('says everything that is wrong with it at once, each with its place', () => {
    expect(
      faultsOf(`servce: shop
health_port: 99999
tags: [a, b]
url: ftp://x
inputs:
  - input: tcp://nowhere
    format: acess
  - service: nginx
  - input: /var/log/x
    multiline: '(a+)+'
    zone: Mars/Olympus
    flush_partial: soon
    spool: much
    reconnect: maybe
    colour: red
  - 17
  - [a]
  -
`),
    ).toEqual([
      '1:1 There is no option servce. Is it service?',
      '2:14 health_port: It should be a port: a number from 1 to 65,535.',
      '3:7 tags: It should be names and values, such as {env: production}.',
      '4:6 url: It should be the URL of an `lms serve`, such as https://logs.example.com.',
      '6:12 input: It should be tcp://host:port, such as tcp://127.0.0.1:5140.',
      expect.stringMatching(/^7:13 format: It should be one of auto, access, csv, /),
      '8:5 An input has a path or an address: - input: /var/log/syslog.',
      expect.stringMatching(/^10:16 multiline: The expression cannot be taken: it should not repeat/),
      '11:11 zone: It should be the name of a time zone such as Europe/Berlin, or an offset such as +02:00.',
      '12:20 flush_partial: It should be a time such as 5s, 500ms or 2m, of 24 days at most.',
      '13:12 spool: It should be a number of bytes such as 1GB or 512MiB.',
      '14:16 reconnect: It should be true or false.',
      expect.stringMatching(/^15:5 There is no option colour\. There are input, service, host, /),
      '16:5 input: It should be a path or an address.',
      expect.stringMatching(
        /^17:5 An input is a path or an address, or has one: - input: \/var\/log\/syslog\. /,
      ),
      expect.stringMatching(/^18:\d+ input: It should be a path or an address\.$/),
    ]);
  });

  it.each([
    ['', /^1:1 It should have inputs/],
    ['inputs: []', /^1:9 inputs: It should be a list/],
    ['inputs: /var/log/syslog', /^1:9 inputs: It should be a list/],
    ['inputs:', /^1:\d+ inputs: It should be a list/],
    ['service: x', /^1:1 It should have inputs/],
    ['- a\n- b', /^1:1 It should have inputs/],
    ['inputs:\n  - a\n service: x', /^3:\d+ /],
    ['inputs: [a\n', /^[12]:\d+ /],
    ['inputs:\n  - a\ninputs:\n  - b', /^3:1 Map keys must be unique/],
    ['inputs:\n\t- a', /^2:1 /],
    ['inputs: [/x]\n---\ninputs: [/y]', /^2:1 It should be one document/],
    ['inputs: [!include /x]', /^1:10 There are no tags such as !include/],
    ['inputs:\n  - *.log', /^2:3 An input is .* What begins with \* or - is put in quotes\.$/],
    ['inputs: [/x]\nonce: true', /^2:1 There is no option once. It is said by the flag --once alone\.$/],
    ['inputs: [/x]\ntopic: y', /^2:1 There is no option topic. It is a setting: PUBSUB_TOPIC in /],
    ['inputs: [/x]\nshutdown_timeout: 5', /^2:1 .* It is a setting: SHUTDOWN_TIMEOUT in the environment\.$/],
    ['inputs: [/x]\nmultiline: on', /^2:12 multiline: It should be auto, off, or /],
    ['inputs: [/x]\nmultiline: yes', /^2:12 multiline: It should be auto, off, or /],
  ])('%j is none', (text, fault) => {
    const [first = '', ...others] = faultsOf(text);
    expect(first).toMatch(fault);
    expect(others).toEqual([]);
  });

  it('says what would be heeded by nobody, or is named again', () => {
    expect(
      faultsOf(`token: lms_secret
url: https://ada:secret@logs.example.com
inputs:
  - /var/log/a.log
  - input: /var/log/../log/a.log
    reconnect: true
  - { input: /var/log/b.log, spool: 1GB }
  - { input: 'tcp-listen://:5140', spool: 1GB, reconnect: false }
  - '-'
  - '-'
  - ~/app.log
`),
    ).toEqual([
      '1:1 There is no option token. It is a setting: LMS_TOKEN in the environment.',
      '2:6 url: It should have no user and no password: LMS_TOKEN has the token of the server.',
      '5:12 input: /var/log/../log/a.log is named in line 4 already.',
      '6:5 reconnect: It is for tcp:// alone.',
      '7:30 spool: It is for sockets and pipes: a file can be read again.',
      '8:48 reconnect: It is for tcp:// alone.',
      '10:5 input: - is named in line 9 already.',
      '11:5 input: Only a shell replaces a ~: it should be the whole path, such as /home/ada/app.log.',
    ]);
  });

  it('has the values of tags as they are written', () => {
    const read = readAgentFile('inputs: [/x]\ntags: { version: 1.10, rack: 007, on: true, big: 1e3 }');
    expect('file' in read && read.file.defaults.tags).toEqual({
      version: '1.10',
      rack: '007',
      on: 'true',
      big: '1e3',
    });
  });

  it('may name options once and use them for several inputs', () => {
    const read = readAgentFile(`
inputs:
  - { input: /a, tags: &tags { env: x }, service: &s shop }
  - { input: /b, tags: *tags, service: *s }
`);
    expect('file' in read && read.file.inputs.map(({ options }) => options)).toEqual([
      { tags: { env: 'x' }, service: 'shop' },
      { tags: { env: 'x' }, service: 'shop' },
    ]);
  });

  it('is not taken apart by what is meant to be hostile', () => {
    const bomb = `a: &a [x,x,x]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\ninputs: [/x]\ntags: *c`;
    expect(faultsOf(bomb).length).toBeGreaterThan(0);
    expect(faultsOf(`inputs: ${'['.repeat(5_000)}`).length).toBeGreaterThan(0);
    expect(faultsOf('inputs: [/x]\ntags: { __proto__: { polluted: true } }').length).toBe(1);
    expect({}).not.toHaveProperty('polluted');
  });
});
