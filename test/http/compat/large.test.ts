import { describe, expect, it } from 'vitest';
import { openHttp } from '../../support/http-server.ts';

const JSON_TYPE = 'application/json';
const FORM = 'application/x-www-form-urlencoded';
const PARTS = `--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n`.repeat(1_001);

describe('what takes a hundred times its size in memory', () => {
  it.each([
    ['/access-log/logs', 'text/plain', 'a\n'.repeat(100_001), 413],
    ['/access-log/logs', JSON_TYPE, `[${'"a",'.repeat(100_001)}"a"]`, 413],
    ['/access-log/logs', JSON_TYPE, `[${'[],'.repeat(1_000_001)}[]]`, 413],
    ['/logs', JSON_TYPE, `{"message":"x","tags":{"a":[${'{},'.repeat(1_000_001)}{}]}}`, 413],
    ['/messages', JSON_TYPE, `{"clientid":[${'{},'.repeat(1_000_001)}{}]}`, 413],
    ['/messages', FORM, 'a=1&'.repeat(1_001), 400],
    ['/messages', 'multipart/form-data; boundary=x', `${PARTS}--x--`, 400],
  ])('is refused before it is taken apart: at %s, as %s', async (path, type, body, status) => {
    const server = await openHttp();
    const answer = await server.ask(path, { method: 'POST', body, headers: { 'content-type': type } });
    expect(answer.status).toBe(status);
    expect(await answer.text()).toMatch(/at most|form cannot be read/);
    expect(server.published).toEqual([]);
  });
});

describe('a body that is no JSON', () => {
  it.each([
    ['PUT', '/api/v1/searches/s'],
    ['POST', '/v1/logs'],
    ['POST', '/loki/api/v1/push'],
    ['POST', '/logs'],
    ['POST', '/messages'],
  ])('leaves nothing of itself in the log: %s %s', async (method, path) => {
    const server = await openHttp();
    const body = '{"a": hunter2}';
    const answer = await server.ask(path, { method, body, headers: { 'content-type': JSON_TYPE } });
    expect(answer.status).toBe(400);
    const lines = server.log.lines.map(({ fields }) => `${JSON.stringify(fields)} ${String(fields['err'])}`);
    expect(lines.join('\n')).not.toContain('hunter2');
  });
});
