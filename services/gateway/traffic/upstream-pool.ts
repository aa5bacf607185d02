// gateway: how connections to the services behind it are opened: time-outs, and certificates that may change while it runs.
import { HubError } from '@staffetta/flow/errors.ts';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { buildConnector, Pool } from 'undici';

/** The PEM files of connections by TLS; each may be absent. */
export interface UpstreamFiles {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/** What the files hold; undefined for those that are not set. */
export interface UpstreamIdentity {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

function readPem(env: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new HubError('SETTING_WRONG', `${env}=${path}: the file cannot be read.`, error);
  }
}

/**
 * Reads the files of connections by TLS and checks that they fit together.
 * @param files their paths
 * @throws HubError SETTING_WRONG where a file cannot be read, is no PEM, or certificate and key are no pair
 */
export function readUpstreamIdentity({ ca, cert, key }: UpstreamFiles): UpstreamIdentity {
  if ((cert === undefined) !== (key === undefined)) {
    throw new HubError('SETTING_WRONG', 'GATEWAY_UPSTREAM_CERT and GATEWAY_UPSTREAM_KEY belong together: set both.');
  }
  const identity = {
    ...(ca !== undefined && { ca: readPem('GATEWAY_UPSTREAM_CA', ca) }),
    ...(cert !== undefined && { cert: readPem('GATEWAY_UPSTREAM_CERT', cert) }),
    ...(key !== undefined && { key: readPem('GATEWAY_UPSTREAM_KEY', key) }),
  };
  if (ca !== undefined && !identity.ca?.includes('-----BEGIN CERTIFICATE-----')) {
    throw new HubError('SETTING_WRONG', `GATEWAY_UPSTREAM_CA=${ca}: there is no certificate in PEM form in it.`);
  }
  try {
    createSecureContext(identity);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new HubError('SETTING_WRONG', `GATEWAY_UPSTREAM_CA, _CERT or _KEY cannot be used: ${why}.`, error);
  }
  return identity;
}

/** How connections are opened. */
export interface PoolOptions {
  readonly connectTimeoutMs: number;
  readonly connectionsMax: number;
}

type Connector = ReturnType<typeof buildConnector>;

/** Opens pools, by the identity of the moment. */
export class PoolOpener {
  #identity: UpstreamIdentity;
  readonly #options: PoolOptions;
  /** By their time-outs. */
  readonly #connectors = new Map<number, Connector>();

  constructor(identity: UpstreamIdentity, options: PoolOptions) {
    this.#identity = identity;
    this.#options = options;
  }

  /** New connections show and trust another identity from now on; those that are open go on. */
  renew(identity: UpstreamIdentity): void {
    this.#identity = identity;
    this.#connectors.clear();
  }

  /**
   * Opens a pool; connections are made as they are needed.
   * @param address a base URL
   * @param connectTimeoutMs another time-out of connecting than the common one
   */
  open(address: string, connectTimeoutMs = this.#options.connectTimeoutMs): Pool {
    return new Pool(new URL(address).origin, {
      connections: this.#options.connectionsMax,
      pipelining: 1,
      allowH2: false,
      connect: (options, callback) => this.#connector(connectTimeoutMs)(options, callback),
      // Whoever hands a request on knows how long it may take.
      headersTimeout: 0,
      bodyTimeout: 0,
      // Shorter than the services keep idle connections, so that none is used in the instant it is closed.
      keepAliveTimeout: 30_000,
    });
  }

  #connector(timeout: number): Connector {
    const known = this.#connectors.get(timeout) ?? buildConnector({ ...this.#identity, allowH2: false, timeout });
    this.#connectors.set(timeout, known);
    return known;
  }
}
