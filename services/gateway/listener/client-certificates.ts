// gateway: signing in by a certificate that the client shows in TLS, mapped to a caller by settings.
import { HubError } from '@staffetta/flow/errors.ts';
import type { Caller, Role } from '@staffetta/platform/http/caller.ts';
import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { FastifyRequest } from 'fastify';
import { isRefusal, type Identification, type Identifier } from '../identity/identity.ts';
import { whyForeignToCertificate } from '../identity/sessions/own-page.ts';
import { isEncrypted, type ClientReader } from './client.ts';

/** One row: what a certificate must have, and whom it then stands for. */
interface Row {
  readonly caller: Caller;
  fits(certificate: X509Certificate): boolean;
}

function wrong(number: number, why: string): HubError {
  return new HubError(
    'SETTING_WRONG',
    `GATEWAY_CLIENT_CERTIFICATES, entry ${number}: ${why}; write name:ROLE:cn=… or name:CUSTOMER:customerId:san=DNS:….`,
  );
}

function commonName({ subject }: X509Certificate): string | undefined {
  const names = subject.split('\n').filter((line) => line.startsWith('CN='));
  return names.length === 1 ? names[0]!.slice(3) : undefined;
}

/** The names of `subjectAltName`, as Node writes them: `DNS:a, URI:b`; one with odd characters is quoted and fits nothing. */
function otherNames({ subjectAltName }: X509Certificate): readonly string[] {
  return subjectAltName?.split(', ') ?? [];
}

function readMatch(text: string, number: number): Row['fits'] {
  const [, kind, value = ''] = /^(cn|san|sha256)=(.+)$/s.exec(text) ?? [];
  switch (kind) {
    case 'cn':
      return (certificate) => commonName(certificate) === value;
    case 'san':
      if (!/^(DNS|URI|email):.+/.test(value)) throw wrong(number, 'after san= comes DNS:, URI: or email:');
      return (certificate) => otherNames(certificate).includes(value);
    case 'sha256': {
      const hex = value.replaceAll(':', '').toUpperCase();
      if (!/^[0-9A-F]{64}$/.test(hex)) throw wrong(number, 'after sha256= come 64 hexadecimal digits');
      return ({ fingerprint256 }) => fingerprint256.replaceAll(':', '') === hex;
    }
    case undefined:
    default:
      throw wrong(number, 'it does not say what the certificate must have');
  }
}

function readRow(text: string, number: number): Row {
  const [, name = '', role, rest = ''] = /^([^:]+):(SDI|ARUBA|CUSTOMER):(.+)$/s.exec(text) ?? [];
  if (name === '') throw wrong(number, 'it has not the right parts');
  const roles = [role as Role];
  if (role !== 'CUSTOMER') return { caller: { name, roles }, fits: readMatch(rest, number) };
  const [, id, match = ''] = /^(\d+):(.+)$/s.exec(rest) ?? [];
  const customerId = Number(id);
  if (!Number.isSafeInteger(customerId) || customerId < 1) throw wrong(number, 'a CUSTOMER needs its customer id');
  return { caller: { name, roles, customerId }, fits: readMatch(match, number) };
}

/** Finds whom a certificate stands for. */
export type CertificateMap = (certificate: X509Certificate) => Caller | undefined;

/**
 * Reads the settings.
 * @param texts the entries
 * @throws HubError SETTING_WRONG naming the entry
 */
export function readCertificateMap(texts: readonly string[]): CertificateMap {
  const rows = texts.map((text, index) => readRow(text, index + 1));
  return (certificate) => rows.find((row) => row.fits(certificate))?.caller;
}

/** What signing in by certificate leans on. */
export interface CertificateParts {
  /** Gives the map in force. */
  readonly map: () => CertificateMap;
  /** Tells the host that the client asked for. */
  readonly clientOf: ClientReader;
  /** Whether browsers may let pages of an origin call with credentials. */
  readonly isFriend: (origin: string) => boolean;
}

/**
 * Signs in by certificate. One that nobody is mapped to says nothing: its holder may still bring a key. A browser shows its certificate
 * whatever page makes it call, so that what could change something is refused where that page is of somebody else.
 * @param parts see there
 */
export function certificateOfClient({ map, clientOf, isFriend }: CertificateParts): Identifier {
  // A connection's certificate does not change while it is open; the map may.
  const known = new WeakMap<object, { readonly by: CertificateMap; readonly found: Identification }>();

  function find(socket: TLSSocket, by: CertificateMap): Identification {
    const certificate = socket.getPeerX509Certificate();
    if (!certificate) return undefined;
    if (!socket.authorized) {
      const why = `The certificate that the client shows does not count: ${String(socket.authorizationError)}.`;
      return { refused: 'KEY_WRONG', why };
    }
    const caller = by(certificate);
    const id = `certificate:${certificate.fingerprint256.replaceAll(':', '').slice(0, 16).toLowerCase()}`;
    return caller && { id, how: 'certificate', caller };
  }

  function findOnce({ raw }: FastifyRequest): Identification {
    const socket = raw.socket as TLSSocket;
    const by = map();
    const end = (raw as { stream?: { session?: object } }).stream?.session ?? socket;
    const before = known.get(end);
    if (before?.by === by) return before.found;
    const found = find(socket, by);
    known.set(end, { by, found });
    return found;
  }

  return {
    identify(request) {
      const { raw, method, headers } = request;
      const found = isEncrypted(raw) ? findOnce(request) : undefined;
      if (!found || isRefusal(found)) return found;
      const ownOrigin = `https://${clientOf(raw).host}`;
      const why = whyForeignToCertificate({ method, headers, ownOrigin }, isFriend);
      return why === undefined ? found : { refused: 'CSRF_REFUSED', why };
    },
  };
}
