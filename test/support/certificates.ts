import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

const DAY_MS = 86_400_000;
const VERSION_3 = der(0xa0, der(0x02, Buffer.of(2)));
const ECDSA_WITH_SHA256 = sequence(der(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
const COMMON_NAME = Buffer.from('550403', 'hex');
const BASIC_CONSTRAINTS = Buffer.from('551d13', 'hex');
const SUBJECT_ALTERNATIVE_NAME = Buffer.from('551d11', 'hex');
const TRUE = der(0x01, Buffer.of(0xff));

/** A certificate with its key, both in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority of one test's own. */
export interface Authority extends Certificate {
  /** A certificate made out to a host name, for a server, or to whoever has it, for a client. */
  issue(name: string): Certificate;
}

/**
 * Makes an authority. Node.js has keys and signatures; the certificates around them are written here, as RFC
 * 5280 has them.
 */
export function makeAuthority(name: string): Authority {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const issuer = { name, privateKey };
  return {
    ...certificate({ name, publicKey, isAuthority: true }, issuer, privateKey),
    issue(subject) {
      const keys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
      return certificate(
        { name: subject, publicKey: keys.publicKey, isAuthority: false },
        issuer,
        keys.privateKey,
      );
    },
  };
}

interface Subject {
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly isAuthority: boolean;
}

function certificate(
  subject: Subject,
  issuer: { readonly name: string; readonly privateKey: KeyObject },
  key: KeyObject,
): Certificate {
  const body = toBeSigned(subject, issuer.name);
  const signature = sign('sha256', body, issuer.privateKey);
  const signed = sequence(body, ECDSA_WITH_SHA256, der(0x03, Buffer.of(0), signature));
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${signed.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    key: String(key.export({ type: 'pkcs8', format: 'pem' })),
  };
}

function toBeSigned({ name, publicKey, isAuthority }: Subject, issuer: string): Buffer {
  const serial = der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)]));
  const now = Date.now();
  const validity = sequence(time(now - DAY_MS), time(now + DAY_MS));
  const extension = isAuthority
    ? sequence(der(0x06, BASIC_CONSTRAINTS), TRUE, der(0x04, sequence(TRUE)))
    : sequence(der(0x06, SUBJECT_ALTERNATIVE_NAME), der(0x04, sequence(der(0x82, Buffer.from(name)))));
  return sequence(
    VERSION_3,
    serial,
    ECDSA_WITH_SHA256,
    commonName(issuer),
    validity,
    commonName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extension)),
  );
}

function commonName(name: string): Buffer {
  return sequence(der(0x31, sequence(der(0x06, COMMON_NAME), der(0x0c, Buffer.from(name)))));
}

/** UTCTime: `YYMMDDHHMMSSZ`. */
function time(ms: number): Buffer {
  return der(0x17, Buffer.from(`${new Date(ms).toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts);
}

/** A value of ASN.1 in DER: tag, length, content. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  const size = length < 0x100 ? Buffer.of(0x81, length) : Buffer.of(0x82, length >> 8, length & 0xff);
  return Buffer.concat([Buffer.of(tag), size, content]);
}
