import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hidePassword, parseDatabaseUrl } from '../../src/config/database-url.ts';

describe('parseDatabaseUrl', () => {
  it('reads all parts of a MySQL URL', () => {
    const url =
      'mysql://writer:secret@db.example.com:3307/logs?ssl-mode=verify-identity&ssl-ca=/etc/ca.pem&ssl-cert=c.pem&ssl-key=k.pem';
    expect(parseDatabaseUrl(url)).toEqual({
      kind: 'mysql',
      addresses: [{ host: 'db.example.com', port: 3307 }],
      user: 'writer',
      password: 'secret',
      database: 'logs',
      sslMode: 'verify-identity',
      sslCa: '/etc/ca.pem',
      sslCert: 'c.pem',
      sslKey: 'k.pem',
    });
  });

  it('takes port 3306, no password and TLS where the server offers it, unless told otherwise', () => {
    const target = {
      kind: 'mysql',
      addresses: [{ host: '127.0.0.1', port: 3306 }],
      user: 'root',
      password: '',
      database: 'lms',
    };
    expect(parseDatabaseUrl('mysql://root@127.0.0.1/lms')).toEqual({ ...target, sslMode: 'preferred' });
  });

  it('takes an IPv6 address without its brackets', () => {
    expect(parseDatabaseUrl('mysql://root@[::1]:3307/lms')).toMatchObject({
      addresses: [{ host: '::1', port: 3307 }],
    });
  });

  it('takes several hosts, each with a port of its own or none', () => {
    expect(parseDatabaseUrl('mysql://root:a,b:c@db-1,db-2:3307,[::1],[fe80::2]:1/lms')).toMatchObject({
      password: 'a,b:c',
      addresses: [
        { host: 'db-1', port: 3306 },
        { host: 'db-2', port: 3307 },
        { host: '::1', port: 3306 },
        { host: 'fe80::2', port: 1 },
      ],
      sslMode: 'preferred',
    });
  });

  it.each(['socket', 'socketPath'])('takes a Unix socket in the parameter %s, and no TLS over it', (name) => {
    const url = `mysql://root:secret@/lms?${name}=/cloudsql/project:region:instance`;
    expect(parseDatabaseUrl(url)).toEqual({
      kind: 'mysql',
      addresses: [{ socketPath: '/cloudsql/project:region:instance' }],
      user: 'root',
      password: 'secret',
      database: 'lms',
      sslMode: 'disabled',
    });
  });

  it('takes ssl-mode as MySQL itself writes it', () => {
    expect(parseDatabaseUrl('mysql://root@h/lms?ssl-mode=VERIFY_CA')).toMatchObject({ sslMode: 'verify-ca' });
  });

  it('checks the certificate when an authority is named without a mode', () => {
    expect(parseDatabaseUrl('mysql://root@h/lms?ssl-ca=/a+b.pem')).toMatchObject({
      sslMode: 'verify-ca',
      sslCa: '/a+b.pem',
    });
  });

  it.each([
    ['sqlite:lms.db', 'lms.db'],
    ['sqlite:/var/lib/lms.db', '/var/lib/lms.db'],
    ['sqlite:../100%/a?b#c.db', '../100%/a?b#c.db'],
  ])('takes the path of %s as it stands', (url, path) => {
    expect(parseDatabaseUrl(url)).toEqual({ kind: 'sqlite', path });
  });

  it.each([
    ['postgres://u:p@h/db', 'does not begin with mysql:// or sqlite:'],
    ['mysql://root@h', 'names no database'],
    ['mysql://root@h/', 'names no database'],
    ['mysql://h/lms', 'names no user'],
    ['mysql:///lms', 'names no host'],
    ['mysql://root@h/lms/logs', 'has more than a database name'],
    ['mysql://root@h:port/lms', 'is not mysql://'],
    ['mysql://root@a,,b/lms', 'is not mysql://'],
    ['mysql://root@a,b:0/lms', 'is not mysql://'],
    ['mysql://root@a,b:65536/lms', 'is not mysql://'],
    ['mysql://root@[::1,b/lms', 'is not mysql://'],
    ['mysql://root@[1:2]/lms', 'is not mysql://'],
    ['mysql://root@/lms', 'names no host'],
    ['mysql://root@h/lms?socket=/s', 'names a socket by one absolute path and without a host'],
    ['mysql://root@/lms?socket=s', 'names a socket by one absolute path'],
    ['mysql://root@/lms?socket=/s&socketPath=/s', 'names a socket by one absolute path'],
    ['mysql://root@/lms?socket=/s&ssl-mode=required', 'names a socket, over which there is no TLS'],
    ['mysql://root:a#b@h/lms', 'write % as %25, # as %23'],
    ['mysql://root:1/b@h/lms', 'write % as %25, # as %23'],
    ['mysql://root:50%@h/lms', 'has a % that is not followed by two hexadecimal digits'],
    ['mysql://root@h/lms?sslmode=required', 'has the unknown parameter sslmode: known are ssl-mode, ssl-ca'],
    ['mysql://root@h/lms?ssl-mode=maybe', 'has an unknown ssl-mode: known are disabled, preferred'],
    ['mysql://root@h/lms?ssl-cert=c.pem', 'needs ssl-cert and ssl-key together'],
    ['sqlite:', 'names no file'],
    ['sqlite::memory:', 'would keep nothing'],
    ['sqlite:///var/lms.db', 'is written sqlite:relative/path or sqlite:/absolute/path'],
  ])('refuses %s: it %s', (url, reason) => {
    const target = parseDatabaseUrl(url);
    expect(target).toMatchObject({ kind: 'invalid', reason: expect.stringContaining(reason) as string });
  });

  it('gives back any user, password and database that were percent-encoded', () => {
    const character = fc.integer({ min: 0, max: 0x10ffff }).map((point) => String.fromCodePoint(point));
    const word = fc.string({ unit: character.filter((text) => text.isWellFormed()), minLength: 1 });
    fc.assert(
      fc.property(word, word, word, (user, password, database) => {
        fc.pre(!database.includes('/') && !/^\.\.?$/.test(database));
        const [u = '', p = '', d = ''] = [user, password, database].map(encodeURIComponent);
        expect(parseDatabaseUrl(`mysql://${u}:${p}@h/${d}`)).toMatchObject({ user, password, database });
      }),
    );
  });
});

describe('hidePassword', () => {
  it('shows a valid URL without its password', () => {
    expect(hidePassword('mysql://root:secret@h:3307/lms?ssl-mode=required')).toBe(
      'mysql://root:***@h:3307/lms?ssl-mode=required',
    );
    expect(hidePassword('mysql://root@h/lms')).toBe('mysql://root@h/lms');
    expect(hidePassword('mysql://root:s,e:cret@a,[::1]:3307/lms')).toBe('mysql://root:***@a,[::1]:3307/lms');
    expect(hidePassword('mysql://root:secret@/lms?socket=/cloudsql/a:b:c')).toBe(
      'mysql://root:***@/lms?socket=/cloudsql/a:b:c',
    );
    expect(hidePassword('mysql://root@h/lms?password=secret&ssl-ca=a')).toBe(
      'mysql://root@h/lms?password=***&ssl-ca=a',
    );
    expect(hidePassword('sqlite:lms.db')).toBe('sqlite:lms.db');
  });

  it('shows a URL of another scheme as its own, though it is not one that we read', () => {
    expect(hidePassword('postgres://u:secret@h:5432/db')).toBe('postgres://u:***@h:5432/db');
  });

  it.each([
    'postgres://u:secret@h/db',
    'mysql://root:se#secret@h/db',
    'root:secret@h/db',
    'mysql://root:secret',
  ])('shows nothing of %s that may be a secret', (url) => {
    expect(hidePassword(url)).not.toContain('secret');
  });

  it('never shows a password, encoded or not, whatever stands around it', () => {
    const junk = fc.string({ unit: fc.constantFrom('a', '1', '%', '/', '?', '#', '@', ':', '&', '=', ' ') });
    fc.assert(
      fc.property(
        fc.constantFrom('mysql', 'MySQL', 'postgres'),
        junk,
        junk,
        fc.boolean(),
        (scheme, before, after, encode) => {
          const password = `${before}SECRET${after}`;
          const url = `${scheme}://root:${encode ? encodeURIComponent(password) : password}@h/db`;
          expect(hidePassword(url)).not.toContain('SECRET');
          const target = parseDatabaseUrl(url);
          if (target.kind === 'invalid') expect(target.reason).not.toContain('SECRET');
        },
      ),
      { numRuns: 2000 },
    );
  });
});
