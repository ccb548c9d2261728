import { describe, expect, it } from 'vitest';
import { httpSink } from '../../../packages/log/src/http-sink.ts';
import { sinkOf } from '../../../packages/log/src/target.ts';
import { startEntriesServer } from '../../support/entries-server.ts';

const LINES = [Buffer.from('{"payload":"one"}'), Buffer.from('{"payload":"two"}')];
const never = new AbortController().signal;

describe('sending to a server', () => {
  it('is a request of lines, with the token', async () => {
    const server = await startEntriesServer();
    const sink = httpSink({ url: `${server.url}/`, token: 'lms_secret' });
    expect(sink.name).toBe(`${server.url}/api/v1/entries`);
    expect(await sink.send(LINES, never)).toEqual({ confirmed: 2, refused: 0 });
    expect(server.entries).toEqual([{ payload: 'one' }, { payload: 'two' }]);
    expect(server.requests).toEqual([{ authorization: 'Bearer lms_secret' }]);
  });

  it.each([
    [503, false],
    [500, false],
    [429, false],
    [401, false],
    [404, false],
    [400, false],
    [403, false],
    [413, false],
  ])('%s of whoever answers is final: %s', async (status, isFinal) => {
    const server = await startEntriesServer();
    server.behave(() => status);
    await expect(httpSink({ url: server.url }).send(LINES, never)).rejects.toMatchObject({
      name: 'SendError',
      isFinal,
      message: `${status} told to say ${status}`,
    });
  });

  it.each([
    ['each record is denied', { status: 403, code: 'SCOPE', refused: [] }, true],
    ['the token lacks the scope', { status: 403, code: 'SCOPE' }, false],
    ['no record can be read', { status: 400, code: 'RECORDS', refused: [] }, true],
    ['the body is too large', { status: 413, code: 'TOO_LARGE' }, true],
    ['too much at once', { status: 429, code: 'BUSY' }, false],
  ])('a server that says that %s: %j is final: %s', async (_what, problem, isFinal) => {
    const server = await startEntriesServer();
    server.behave(() => problem);
    await expect(httpSink({ url: server.url }).send(LINES, never)).rejects.toMatchObject({ isFinal });
  });

  it('fails when there is no answer in time, none at all, or nobody', async () => {
    const server = await startEntriesServer();
    server.behave((n) => (n === 0 ? 'silent' : 'lost'));
    const sink = httpSink({ url: server.url, timeoutMs: 50 });
    await expect(sink.send(LINES, never)).rejects.toMatchObject({ message: 'no answer within 50 ms' });
    await expect(sink.send(LINES, never)).rejects.toMatchObject({ name: 'SendError', isFinal: false });
    await expect(httpSink({ url: 'http://127.0.0.1:1' }).send(LINES, never)).rejects.toMatchObject({
      name: 'SendError',
      isFinal: false,
    });
  });

  it('is given up with its signal', async () => {
    const server = await startEntriesServer();
    server.behave(() => 'silent');
    const giveUp = new AbortController();
    const sending = httpSink({ url: server.url }).send(LINES, giveUp.signal);
    giveUp.abort();
    await expect(sending).rejects.toThrow();
  });
});

describe('the place to send to', () => {
  it.each([
    [{}, {}, /name a topic or a url/],
    [{ url: 'http://a', topic: 'b' }, {}, /not both/],
    [{ url: 'ftp://a' }, {}, /should begin with http/],
    [{ topic: 'b', emulatorHost: 'nothing' }, {}, /should be host:port/],
  ])('is not %j', (options, env, message) => {
    expect(() => sinkOf(options, env)).toThrow(message);
  });

  it.each([
    [{}, { LMS_URL: 'http://lms:8080' }, 'http://lms:8080/api/v1/entries'],
    [
      { url: 'https://a/base/?x=1#y' },
      { LMS_URL: 'http://b', PUBSUB_TOPIC: 'c' },
      'https://a/base/api/v1/entries',
    ],
    [{ topic: 't' }, { LMS_URL: 'http://b', PUBSUB_PROJECT_ID: 'p' }, 'projects/p/topics/t'],
    [{}, { PUBSUB_TOPIC: 't', PUBSUB_EMULATOR_HOST: '127.0.0.1:1' }, 'projects/lms/topics/t'],
    [{ topic: 't' }, {}, 'projects/the project of the credentials/topics/t'],
    [{ topic: 'projects/a/topics/t', project: 'b' }, {}, 'projects/a/topics/t'],
  ])('of %j and %j is %s', (options, env, name) => {
    expect(sinkOf(options, env).name).toBe(name);
  });
});
