// gateway: for its tests: certificates made on the spot, of an authority made on the spot (RFC 5280 in as few bytes as do).
import { createPublicKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** A certificate with its key, as PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority that makes certificates. */
export interface TestAuthority extends TestCertificate {
  make(options: CertificateOptions): TestCertificate;
}

/** What a certificate says. */
export interface CertificateOptions {
  readonly commonName: string;
  /** Hosts of a server, or the names of a client. */
  readonly hosts?: readonly string[];
  readonly validFrom?: Date;
  readonly validTo?: Date;
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  if (body.length < 128) return Buffer.concat([Buffer.of(tag, body.length), body]);
  const length = Buffer.from(body.length.toString(16).padStart(4, '0'), 'hex');
  return Buffer.concat([Buffer.of(tag, 0x82), length, body]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));

function name(commonName: string): Buffer {
  return sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(commonName)))));
}

function time(at: Date): Buffer {
  const digits = at.toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return der(0x18, Buffer.from(digits));
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(oid(id), der(0x04, value));
}

function extensions(hosts: readonly string[], isAuthority: boolean): Buffer {
  const names = hosts.map((host) => der(0x82, Buffer.from(host)));
  const basic = extension('551d13', sequence(...(isAuthority ? [der(0x01, Buffer.of(0xff))] : [])));
  const parts = names.length > 0 ? [basic, extension('551d11', sequence(...names))] : [basic];
  return der(0xa3, sequence(...parts));
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes
    .toString('base64')
    .match(/.{1,64}/g)!
    .join('\n');
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

interface Issuer {
  readonly commonName: string;
  readonly key: KeyObject;
}

function issue(options: CertificateOptions, key: KeyObject, issuer: Issuer, isAuthority: boolean): string {
  const { commonName, hosts = [], validFrom = new Date('2020-01-01'), validTo = new Date('2060-01-01') } = options;
  const serial = randomBytes(8);
  serial[0]! &= 0x7f;
  serial[0]! |= 0x01;
  const body = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, serial),
    ecdsaWithSha256,
    name(issuer.commonName),
    sequence(time(validFrom), time(validTo)),
    name(commonName),
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    extensions(hosts, isAuthority),
  );
  const signature = sign('sha256', body, issuer.key);
  return pem('CERTIFICATE', sequence(body, ecdsaWithSha256, der(0x03, Buffer.of(0), signature)));
}

function keyPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}

/**
 * Makes an authority.
 * @param commonName its name
 */
export function testAuthority(commonName: string): TestAuthority {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = { commonName, key: privateKey };
  return {
    cert: issue({ commonName }, privateKey, issuer, true),
    key: keyPem(privateKey),
    make(options) {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
      return { cert: issue(options, own, issuer, false), key: keyPem(own) };
    },
  };
}
