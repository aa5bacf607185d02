// gateway: the certificates it shows, read anew when their files change; a broken new pair is refused and the old one stays.
import { HubError } from '@staffetta/flow/errors.ts';
import type { SettingsOf } from '@staffetta/platform/config/settings.ts';
import type { HealthCheck } from '@staffetta/platform/http/health.ts';
import type { Log } from '@staffetta/platform/telemetry/log.ts';
import { hash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createSecureContext, type SecureContext, type SecureContextOptions, type Server as TlsServer } from 'node:tls';
import type { TlsOptions } from 'node:tls';
import type { tlsSettings } from './tls-settings.ts';

type TlsValues = Pick<
  SettingsOf<typeof tlsSettings>,
  'tlsCert' | 'tlsKey' | 'tlsLookMs' | 'tlsClientCa' | 'tlsClientAuth'
>;

/** The certificates of a listener. */
export interface ServerCertificates {
  /** What a TLS server is made with. */
  options(): TlsOptions;
  /** Puts those in force into a server; connections that are open keep theirs. */
  putInto(server: Server): void;
  /** Calls a function when others came into force. */
  onChange(then: () => void): void;
  /** Degraded while changed files are refused, and when a certificate is about to end. */
  readonly health: HealthCheck;
  close(): void;
}

interface Pair {
  readonly facts: X509Certificate;
  readonly options: SecureContextOptions;
  readonly context: SecureContext;
}

interface Loaded {
  readonly print: string;
  readonly pairs: readonly Pair[];
}

const dayMs = 86_400_000;
const warnDays = 14;

function read(file: string, setting: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new HubError('SETTING_WRONG', `${setting}: a file cannot be read: ${why}.`, error);
  }
}

function makePair(cert: Buffer, key: Buffer, ca: Buffer | undefined, number: number): Pair {
  const options = { cert, key, ...(ca && { ca }), minVersion: 'TLSv1.2' } as const;
  try {
    const facts = new X509Certificate(cert);
    // OpenSSL says it too, in words that nobody understands.
    const context = createSecureContext(options);
    return { facts, options, context };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `GATEWAY_TLS_CERT and GATEWAY_TLS_KEY, pair ${number}: they do not fit or are no PEM (${why}).`;
    throw new HubError('SETTING_WRONG', message, error);
  }
}

function load(values: TlsValues): Loaded {
  const { tlsCert, tlsKey, tlsClientCa } = values;
  if (tlsCert.length !== tlsKey.length) {
    throw new HubError('SETTING_WRONG', 'GATEWAY_TLS_KEY must name as many files as GATEWAY_TLS_CERT.');
  }
  const certs = tlsCert.map((file) => read(file, 'GATEWAY_TLS_CERT'));
  const keys = tlsKey.map((file) => read(file, 'GATEWAY_TLS_KEY'));
  const ca = tlsClientCa === undefined ? undefined : read(tlsClientCa, 'GATEWAY_TLS_CLIENT_CA');
  if (ca && !ca.includes('-----BEGIN CERTIFICATE-----')) {
    throw new HubError('SETTING_WRONG', 'GATEWAY_TLS_CLIENT_CA: the file holds no certificate in PEM.');
  }
  const all = Buffer.concat([...certs, ...keys, ca ?? Buffer.alloc(0)]);
  return { print: hash('sha256', all), pairs: certs.map((cert, index) => makePair(cert, keys[index]!, ca, index + 1)) };
}

function endsAt({ facts }: Pair): number {
  return Date.parse(facts.validTo);
}

function fitting(pairs: readonly Pair[], host: string): Pair {
  return pairs.find(({ facts }) => facts.checkHost(host) !== undefined) ?? pairs[0]!;
}

/** Refuses a pair that has ended in place of one that has not. */
function refuseEnded(now: Loaded, next: Loaded, nowMs: number): void {
  if (next.pairs.every((pair) => endsAt(pair) > nowMs) || now.pairs.some((pair) => endsAt(pair) <= nowMs)) return;
  throw new HubError('SETTING_WRONG', 'GATEWAY_TLS_CERT: a certificate in the changed files has ended.');
}

/**
 * Reads the certificates and looks after their files.
 * @param values the settings; `tlsCert` names at least one file
 * @param parts the log, and the time
 * @throws HubError SETTING_WRONG where the files do not do
 */
export function openServerCertificates(
  values: TlsValues,
  { log, nowMs }: { readonly log: Log; readonly nowMs: () => number },
): ServerCertificates {
  let now = load(values);
  let trouble: string | undefined;
  const listeners: (() => void)[] = [];

  function look(): void {
    try {
      const next = load(values);
      if (trouble !== undefined) log.info('tls.filesAreRightAgain');
      trouble = undefined;
      if (next.print === now.print) return;
      refuseEnded(now, next, nowMs());
      now = next;
      log.info({ until: next.pairs.map(({ facts }) => facts.validTo) }, 'tls.certificatesReplaced');
      for (const then of listeners) then();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== trouble) log.error({ err: error }, 'tls.newCertificatesRefused');
      trouble = message;
    }
  }

  const timer = setInterval(look, values.tlsLookMs);
  timer.unref();
  return {
    options: () => ({
      ...now.pairs[0]!.options,
      handshakeTimeout: 10_000,
      requestCert: values.tlsClientCa !== undefined,
      rejectUnauthorized: values.tlsClientAuth === 'required',
      SNICallback: (host, done) => done(null, fitting(now.pairs, host).context),
    }),
    putInto: (server) => (server as unknown as TlsServer).setSecureContext(now.pairs[0]!.options),
    onChange: (then) => void listeners.push(then),
    health: {
      name: 'certificates',
      essential: false,
      async check() {
        if (trouble !== undefined) throw new Error(`${trouble} Those from before stay in force.`);
        const ending = now.pairs.find((pair) => endsAt(pair) - nowMs() < warnDays * dayMs);
        if (ending) throw new Error(`The certificate of ${ending.facts.subject} ends at ${ending.facts.validTo}.`);
      },
    },
    close: () => clearInterval(timer),
  };
}
