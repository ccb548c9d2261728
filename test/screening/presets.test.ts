import { describe, expect, it } from 'vitest';
import { PRESET_NAMES, type PresetName } from '../../src/screening/presets.ts';
import { readRules } from '../../src/screening/read-rules.ts';
import { Redactor } from '../../src/screening/redactor.ts';

function redact(preset: PresetName, text: string): string {
  const read = readRules(preset);
  if (read.kind === 'mistakes') throw new Error(JSON.stringify(read.mistakes));
  return new Redactor(read.rules, () => undefined).text(text);
}

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U';

it.each<[PresetName, string, string]>([
  ['credit-card', 'paid 4111 1111 1111 1111.', 'paid [redacted].'],
  ['credit-card', 'paid 4111-1111-1111-1111', 'paid [redacted]'],
  ['credit-card', '378282246310005', '[redacted]'],
  ['credit-card', 'from 5555555555554444 to 4111111111111111', 'from [redacted] to [redacted]'],
  ['credit-card', '1 4111111111111111 2', '1 [redacted] 2'],
  ['email', 'to <jane.doe+x@mail.example.co.uk>', 'to <[redacted]>'],
  ['ip', 'from 192.168.0.17:8080', 'from [redacted]:8080'],
  ['ip', 'from 2001:db8::8a2e:370:7334 and ::1 and fe80::', 'from [redacted] and [redacted] and [redacted]'],
  ['ip', '2001:0DB8:0000:0000:0000:8a2e:0370:7334', '[redacted]'],
  ['jwt', `token=${JWT};`, 'token=[redacted];'],
  ['bearer-token', 'Authorization: bearer abcdef0123456789abcdef==', 'Authorization: Bearer [redacted]'],
  ['url-password', 'mysql://root:hunter2@db:3306/lms', 'mysql://[redacted]@db:3306/lms'],
  ['url-password', 'redis://:hunter2@cache', 'redis://[redacted]@cache'],
  [
    'private-key',
    'a -----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY----- b',
    'a [redacted] b',
  ],
  ['private-key', '-----BEGIN PRIVATE KEY-----\nMIIB', '[redacted]'],
  ['api-key', 'id AKIAA1B2C3D4E5F6G7H8 ok', 'id [redacted] ok'],
  ['api-key', `ghp_${'a1'.repeat(18)}`, '[redacted]'],
  ['us-ssn', 'ssn 123-45-6789', 'ssn [redacted]'],
])('%s: %s', (preset, text, expected) => {
  expect(redact(preset, text)).toBe(expected);
});

it.each<[PresetName, string]>([
  ['credit-card', 'order 4111111111111112'],
  ['credit-card', 'at 1700000000123456, took 1234567890123 ns'],
  ['credit-card', 'x4111111111111111'],
  ['email', 'user@host, @mention, a@b'],
  ['ip', 'version 1.2.3, 300.1.2.3, at 12:34:56, std::vector, at::zero'],
  ['bearer-token', 'Bearer authentication is on'],
  ['url-password', 'see https://example.com:8080/a@b and host:80'],
  ['jwt', 'eyJ is a beginning'],
  ['us-ssn', 'call 1123-45-67890'],
])('%s lets others alone: %s', (preset, text) => {
  expect(redact(preset, text)).toBe(text);
});

describe('all of them', () => {
  it('go together, and stay with what was redacted', () => {
    const read = readRules(PRESET_NAMES.join('; '));
    if (read.kind === 'mistakes') throw new Error(JSON.stringify(read.mistakes));
    const redactor = new Redactor(read.rules, () => undefined);
    const text = `jane@example.com 10.0.0.1 4111111111111111 Bearer ${JWT} https://a:b@c`;
    const redacted = redactor.text(text);
    expect(redacted).toBe('[redacted] [redacted] [redacted] Bearer [redacted] https://[redacted]@c');
    expect(redactor.text(redacted)).toBe(redacted);
  });
});
