// gateway: its front door put together: who comes from where, what is refused before anybody signs in, and the listener itself.
import type { LiveSettings } from '@staffetta/platform/config/live-settings.ts';
import type { SettingsOf } from '@staffetta/platform/config/settings.ts';
import type { HealthCheck } from '@staffetta/platform/http/health.ts';
import type { HttpListener } from '@staffetta/platform/http/server.ts';
import type { Log } from '@staffetta/platform/telemetry/log.ts';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Identifier } from '../identity/identity.ts';
import { certificateOfClient, readCertificateMap, type CertificateMap } from './client-certificates.ts';
import { createClientReader, readNetworks, type ClientReader } from './client.ts';
import { createConnectionBook } from './connection-book.ts';
import { readCorsRules } from './cors.ts';
import type { DoorRules } from './door.ts';
import { createFrontServer, type FrontServer } from './front-server.ts';
import { listenerSettings } from './listener-settings.ts';
import { createRedirectServer } from './redirect.ts';
import { createReception, type ReceptionRules } from './reception.ts';
import { openServerCertificates } from './server-certificates.ts';
import { tlsSettings } from './tls-settings.ts';

/** The front door's settings. */
export const frontSettings = { ...listenerSettings, ...tlsSettings };

type FrontSettings = typeof frontSettings;

/** The front door. */
export interface Front {
  readonly clientOf: ClientReader;
  /** Signing in by certificate. */
  readonly identifier: Identifier;
  readonly listener: HttpListener;
  readonly health: readonly HealthCheck[];
  /** Opens the port that leads from http to https, where there is one. */
  listenPlain(host: string, securePort: number): Promise<void>;
  close(): Promise<void>;
}

/** What the front door leans on. */
export interface FrontParts {
  readonly log: Log;
  readonly now: () => Date;
}

interface FrontRules {
  readonly isTrusted: () => (address: string) => boolean;
  readonly certificates: () => CertificateMap;
}

function doorRules({ hosts, urlBytesMax, headerCountMax, headerBytesMax }: SettingsOf<FrontSettings>): DoorRules {
  return { hosts, urlBytesMax, headerCountMax, headerBytesMax };
}

function watchRules(live: LiveSettings<FrontSettings>): ReceptionRules & FrontRules {
  return {
    isTrusted: live.derived(({ trustedProxies }) => readNetworks(trustedProxies)),
    cors: live.derived(({ corsOrigins, corsCredentials }) => readCorsRules(corsOrigins, corsCredentials)),
    door: live.derived(doorRules),
    certificates: live.derived(({ clientCertificates }) => readCertificateMap(clientCertificates)),
    hstsS: live.derived(({ hstsMs }) => Math.floor(hstsMs / 1000)),
  };
}

/**
 * Opens the front door.
 * @param live the gateway's settings
 * @param parts the log and the time
 * @throws HubError SETTING_WRONG for rules or certificates that do not do
 */
export function openFront(live: LiveSettings<FrontSettings>, { log, now }: FrontParts): Front {
  const { values } = live;
  const rules = watchRules(live);
  const clientOf = createClientReader((address) => rules.isTrusted()(address));
  const book = createConnectionBook(values.addressSocketsMax, (address) => rules.isTrusted()(address));
  const certificates =
    values.tlsCert.length > 0 ? openServerCertificates(values, { log, nowMs: () => now().getTime() }) : undefined;
  let front: FrontServer | undefined;
  let securePort = 0;
  const plain =
    values.redirectPort === undefined
      ? undefined
      : createRedirectServer({
          rules: rules.door,
          port: () => securePort,
          headersTimeoutMs: values.headersTimeoutMs,
          now,
        });

  const welcome = createReception({ rules, book, clientOf, pipelinedMax: values.pipelinedMax, now });

  return {
    clientOf,
    identifier: certificateOfClient({
      map: rules.certificates,
      clientOf,
      isFriend: (origin) => rules.cors().credentials && rules.cors().origins.includes(origin),
    }),
    listener: {
      open(handler: RequestListener) {
        const parts = { bounds: values, book, certificates, now };
        front = createFrontServer(parts, (request, response) => {
          if (welcome(request, response)) handler(request, response);
        });
        return front.server;
      },
      closeSilent() {
        front?.closeSessions();
        book.closeSilent();
      },
      closeAll: () => book.closeAll(),
    },
    health: certificates ? [certificates.health] : [],
    async listenPlain(host, port) {
      securePort = port;
      if (!plain) return;
      plain.listen(values.redirectPort, host);
      await once(plain, 'listening');
      log.info({ port: (plain.address() as AddressInfo).port }, 'gateway.leadsToHttps');
    },
    async close() {
      certificates?.close();
      plain?.closeAllConnections();
      plain?.close();
    },
  };
}
