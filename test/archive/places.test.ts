import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openBucket } from '../../src/archive/bucket.ts';
import { Directory } from '../../src/archive/directory.ts';
import { openPlace } from '../../src/archive/open.ts';
import type { Place } from '../../src/archive/place.ts';
import { startStorageServer, type StorageServer } from '../support/storage-server.ts';

interface Subject extends AsyncDisposable {
  readonly place: Place;
}

async function directory(): Promise<Subject> {
  const path = await mkdtemp(join(tmpdir(), 'lms-place-'));
  return {
    place: new Directory(join(path, 'made', 'when written')),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  };
}

async function bucket(prefix = '/some/prefix'): Promise<Subject & { readonly server: StorageServer }> {
  const server = await startStorageServer();
  vi.stubEnv('STORAGE_EMULATOR_HOST', server.url);
  return {
    place: openBucket(`gs://logs${prefix}`),
    server,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function* content(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

async function read(place: Place, name: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of place.read(name)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function names(place: Place, prefix = ''): Promise<string[]> {
  return (await place.list(prefix)).map(({ name }) => name);
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe.each([
  ['a directory', directory],
  ['a bucket', bucket],
])('%s as a place of an archive', (_name, open) => {
  let subject: Subject;
  let place: Place;
  beforeEach(async () => {
    subject = await open();
    ({ place } = subject);
  });
  afterEach(() => subject[Symbol.asyncDispose]());

  it('has no files before one is written', async () => {
    expect(await place.list('')).toEqual([]);
    expect(await place.list('entries/')).toEqual([]);
  });

  it('gives back what was written, with its size', async () => {
    expect(await place.write('entries/2026-01-01/a.gz', content('one ', 'two'))).toBe(true);
    expect(await read(place, 'entries/2026-01-01/a.gz')).toBe('one two');
    expect(await place.list('')).toEqual([{ name: 'entries/2026-01-01/a.gz', bytes: 7 }]);
  });

  it('lists the files whose names begin so, in order, however many', async () => {
    const written = ['b/2', 'a/1', 'b/10', 'b/1', 'c', 'b2', 'b/3', 'b/4'];
    for (const name of written) await place.write(name, content(name));
    expect(await names(place)).toEqual([...written].sort());
    expect(await names(place, 'b/')).toEqual(['b/1', 'b/10', 'b/2', 'b/3', 'b/4']);
    expect(await names(place, 'b/1')).toEqual(['b/1', 'b/10']);
    expect(await names(place, 'b')).toEqual(['b/1', 'b/10', 'b/2', 'b/3', 'b/4', 'b2']);
  });

  it('writes over no file, unless it is to', async () => {
    await place.write('a', content('first'));
    expect(await place.write('a', content('second'))).toBe(false);
    expect(await read(place, 'a')).toBe('first');
    expect(await place.write('a', content('third'), { replace: true })).toBe(true);
    expect(await read(place, 'a')).toBe('third');
    expect(await place.write('new', content('fourth'), { replace: true })).toBe(true);
  });

  it('shows nothing of a file whose content fails, and says why', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from('half'));
      expect(await names(place)).toEqual([]);
      throw new Error('the database went away');
    }
    await expect(place.write('a', failing())).rejects.toThrow('the database went away');
    expect(await names(place)).toEqual([]);
    expect(await place.write('a', content('whole'))).toBe(true);
  });

  it('writes nothing once it is aborted', async () => {
    const stop = new AbortController();
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (let sent = 0; ; sent += 1) {
        if (sent === 3) stop.abort(new Error('stopped'));
        stop.signal.throwIfAborted();
        yield await Promise.resolve(Buffer.from('more'));
      }
    }
    await expect(place.write('a', endless(), { signal: stop.signal })).rejects.toThrow('stopped');
    expect(await names(place)).toEqual([]);
  });

  it('says which file is missing', async () => {
    await expect(read(place, 'entries/none.gz')).rejects.toMatchObject({
      code: 'ARCHIVE',
      message: expect.stringContaining('entries/none.gz') as string,
    });
  });

  it('removes a file, and one that is not there', async () => {
    await place.write('a', content('text'));
    await place.remove('a');
    await place.remove('a');
    expect(await names(place)).toEqual([]);
  });
});

describe('a directory', () => {
  it('removes what was left of writing that was killed, and lists none of it', async () => {
    await using subject = await directory();
    const { place } = subject;
    await place.write('entries/2026-01-01/a.gz', content('whole'));
    const folder = join(place.text, 'entries/2026-01-01');
    await writeFile(join(folder, '.b.gz.0123456789ab.partial'), 'half');
    expect(await names(place)).toEqual(['entries/2026-01-01/a.gz']);
    await place.removeLeftovers('entries/2026-01-01/');
    expect(await readdir(folder)).toEqual(['a.gz']);
  });

  it('is refused where no folder can be made', async () => {
    await expect(new Directory('/proc/lms/archive').write('a/b', content('x'))).rejects.toMatchObject({
      code: 'ARCHIVE_PLACE',
      // Elsewhere than on Linux there is no /proc, and nobody may make it.
      message: expect.stringMatching(/cannot write \/proc\/lms\/archive\/a\/b: \S/) as string,
    });
  });

  it('says what is in the way', async () => {
    await using subject = await directory();
    const { place } = subject;
    await place.write('entries', content('a file where a folder should be'));
    await expect(place.write('entries/a', content(''))).rejects.toMatchObject({
      code: 'ARCHIVE_PLACE',
      message: expect.stringContaining('cannot write') as string,
    });
  });
});

describe('a bucket', () => {
  /** The first requests of a kind fail. */
  const failFirst = (
    server: StorageServer,
    kind: string,
    times: number,
    fault: ReturnType<StorageServer['fault']>,
  ) => {
    let left = times;
    server.fault = (request) => (request.kind === kind && left-- > 0 ? fault : undefined);
  };

  it.each(['write', 'read', 'look', 'list', 'remove'])(
    'tries a %s again that is answered with 503',
    async (kind) => {
      await using subject = await bucket();
      const { place, server } = subject;
      await place.write('a', content('before'));
      failFirst(server, kind, 2, { kind: 'status', status: 503 });
      await place.write('a', content('after'), { replace: true });
      expect(await names(place)).toEqual(['a']);
      expect(await read(place, 'a')).toBe('after');
      await place.remove('a');
      expect([...server.objects.keys()]).toEqual([]);
    },
  );

  it('tries a write again whose connection was cut', async () => {
    await using subject = await bucket();
    failFirst(subject.server, 'write', 1, { kind: 'cut' });
    expect(await subject.place.write('a', content('text'))).toBe(true);
    expect(await read(subject.place, 'a')).toBe('text');
  });

  it('knows its own file where the answer to a write was lost', async () => {
    await using subject = await bucket();
    failFirst(subject.server, 'write', 1, { kind: 'lost answer' });
    expect(await subject.place.write('a', content('text'))).toBe(true);
    expect(subject.server.requests.filter(({ kind }) => kind === 'write')).toHaveLength(2);
  });

  it('stores nothing that was changed on the way', async () => {
    await using subject = await bucket();
    failFirst(subject.server, 'write', 1, { kind: 'changed byte' });
    await expect(subject.place.write('a', content('text of some length'))).rejects.toMatchObject({
      code: 'ARCHIVE_PLACE',
      message: expect.stringContaining('MD5') as string,
    });
    expect(await names(subject.place)).toEqual([]);
  });

  it('goes on with a file where reading it broke off', async () => {
    await using subject = await bucket();
    const text = 'x'.repeat(100_000) + 'end';
    await subject.place.write('a', content(text));
    failFirst(subject.server, 'read', 2, { kind: 'broken off', bytes: 40_000 });
    expect(await read(subject.place, 'a')).toBe(text);
    expect(subject.server.requests.flatMap(({ range }) => range ?? [])).not.toEqual([]);
  });

  it('says that reading fails, and that it may not read', async () => {
    await using subject = await bucket();
    await subject.place.write('a', content('text'));
    for (const status of [403, 400]) {
      subject.server.fault = ({ kind }) => (kind === 'read' ? { kind: 'status', status } : undefined);
      await expect(read(subject.place, 'a')).rejects.toMatchObject({ code: 'ARCHIVE_PLACE' });
    }
  });

  it("warns of nothing that is the library's own", async () => {
    await using subject = await bucket();
    const warned = vi.spyOn(process, 'emitWarning');
    for (let n = 0; n < 12; n += 1) await subject.place.write(`a/${String(n)}`, content('text'));
    for (const { name } of await subject.place.list('a/')) await read(subject.place, name);
    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
  });

  it('says what the account may not', async () => {
    await using subject = await bucket();
    failFirst(subject.server, 'write', 1, { kind: 'status', status: 403 });
    await expect(subject.place.write('a', content('text'))).rejects.toMatchObject({
      code: 'ARCHIVE_PLACE',
      message: expect.stringContaining('roles/storage.objectUser') as string,
    });
  });

  it('says that there is no such bucket', async () => {
    await using subject = await bucket();
    const place = openBucket('gs://other/prefix');
    await expect(place.list('')).rejects.toMatchObject({ code: 'ARCHIVE_PLACE' });
    expect(subject.server.requests).toEqual([]);
  });

  it('may be a whole bucket', async () => {
    await using subject = await bucket('');
    await subject.place.write('a', content('text'));
    expect([...subject.server.objects.keys()]).toEqual(['a']);
  });
});

describe('the place that a person names', () => {
  it.each(['s3://bucket/logs', 'https://example.com/logs', 'file:///mnt/archive'])(
    'is not %s',
    async (text) => {
      await expect(openPlace(text)).rejects.toMatchObject({
        code: 'ARCHIVE_PLACE',
        message: expect.stringContaining('a directory or gs://bucket/prefix') as string,
      });
    },
  );

  it.each(['gs://', 'gs://Up', 'gs://bucket//a'])('is no bucket: %s', async (text) => {
    await expect(openPlace(text)).rejects.toMatchObject({
      code: 'ARCHIVE_PLACE',
      message: expect.stringContaining('it should be gs://bucket') as string,
    });
  });

  it('is a directory otherwise', async () => {
    expect((await openPlace('/mnt/archive')).text).toBe('/mnt/archive');
  });
});
