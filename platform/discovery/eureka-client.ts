// platform: tells discovery servers (Netflix Eureka's REST) that a service runs, for as long as it runs.
import type { ServiceName } from '@staffetta/flow/services.ts';
import { isIPv6 } from 'node:net';
import { request } from 'undici';
import { splitLogin } from '../http/url-login.ts';
import type { Log } from '../telemetry/log.ts';

/** Who registers, where, and how often. */
export interface RegistrationOptions {
  /** Base URLs such as `http://host:8761/eureka`, tried in this order; a login may stand in them. */
  readonly serverUrls: readonly string[];
  readonly service: ServiceName;
  /** The name or address under which others reach the service. */
  readonly host: string;
  readonly port: number;
  readonly log: Log;
  /** Between heartbeats; Eureka's habit is 30 s, and it forgets who is silent for 90 s. */
  readonly heartbeatMs?: number;
  /** The first wait while no server answers; it doubles up to 5 s. */
  readonly retryMs?: number;
}

/** A registration that is kept alive. */
export interface Registration {
  /** Ends the heartbeats and takes the registration back (2 s at most). Never rejects. */
  stop(): Promise<void>;
}

const heartbeatSeconds = 30;
const retryMsMax = 5000;
const answerMs = 3000;
const goodbyeMs = 2000;

function instanceOf(options: RegistrationOptions, dirtyAtMs: number): Record<string, unknown> {
  const { service, host, port } = options;
  const home = `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;
  return {
    instanceId: `${host}:${service}:${port}`,
    hostName: host,
    app: service.toUpperCase(),
    ipAddr: host,
    status: 'UP',
    overriddenStatus: 'UNKNOWN',
    port: { $: port, '@enabled': 'true' },
    securePort: { $: 443, '@enabled': 'false' },
    countryId: 1,
    dataCenterInfo: { '@class': 'com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo', name: 'MyOwn' },
    leaseInfo: { renewalIntervalInSecs: heartbeatSeconds, durationInSecs: heartbeatSeconds * 3 },
    metadata: { 'management.port': String(port) },
    homePageUrl: `${home}/`,
    statusPageUrl: `${home}/actuator/info`,
    healthCheckUrl: `${home}/actuator/health`,
    vipAddress: service,
    secureVipAddress: service,
    isCoordinatingDiscoveryServer: 'false',
    lastUpdatedTimestamp: String(dirtyAtMs),
    lastDirtyTimestamp: String(dirtyAtMs),
  };
}

type Call = (serverUrl: string, method: 'POST' | 'PUT' | 'DELETE', signal: AbortSignal) => Promise<number>;

/** The three calls of a client, each answered by its HTTP status. */
function callOf(options: RegistrationOptions): Call {
  const dirtyAtMs = Date.now();
  const app = options.service.toUpperCase();
  const own = `/${encodeURIComponent(`${options.host}:${options.service}:${options.port}`)}`;
  const body = JSON.stringify({ instance: instanceOf(options, dirtyAtMs) });
  const paths = { POST: '', PUT: `${own}?status=UP&lastDirtyTimestamp=${dirtyAtMs}`, DELETE: own };
  return async (serverUrl, method, signal) => {
    const { url, headers } = splitLogin(serverUrl);
    const json = method === 'POST' ? { 'content-type': 'application/json' } : {};
    const answer = await request(`${url}/apps/${app}${paths[method]}`, {
      method,
      signal,
      headers: { ...headers, ...json, accept: 'application/json' },
      body: method === 'POST' ? body : null,
    });
    await answer.body.dump();
    return answer.statusCode;
  };
}

/** Sends a heartbeat, or registers where the server does not know us; rejects where neither is taken. */
async function keepAt(call: Call, serverUrl: string, known: boolean, stopped: AbortSignal): Promise<void> {
  const signal = (): AbortSignal => AbortSignal.any([stopped, AbortSignal.timeout(answerMs)]);
  let status = known ? await call(serverUrl, 'PUT', signal()) : 404;
  if (status === 404) status = await call(serverUrl, 'POST', signal());
  if (status >= 300) throw new Error(`the discovery server answers ${status}`);
}

class Keeper implements Registration {
  readonly #options: RegistrationOptions;
  readonly #call: Call;
  readonly #stopped = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void>;
  #server = 0;
  #known = false;
  #away = 0;

  constructor(options: RegistrationOptions) {
    this.#options = options;
    this.#call = callOf(options);
    this.#turn = this.#keep();
  }

  /** One round: all servers are tried, from the one that answered last. Never rejects. */
  async #keep(): Promise<void> {
    const { serverUrls, retryMs = 500, heartbeatMs = heartbeatSeconds * 1000 } = this.#options;
    let trouble: unknown = new Error('no discovery server is named');
    for (let tried = 0; tried < serverUrls.length && !this.#stopped.signal.aborted; tried++) {
      try {
        await keepAt(this.#call, serverUrls[this.#server]!, this.#known, this.#stopped.signal);
        this.#tellBack();
        return this.#again(heartbeatMs);
      } catch (error) {
        trouble = error;
        if (!this.#stopped.signal.aborted) this.#server = (this.#server + 1) % serverUrls.length;
      }
    }
    this.#tellAway(trouble);
    return this.#again(Math.min(retryMs * 2 ** Math.min(this.#away++, 10), retryMsMax));
  }

  #again(waitMs: number): void {
    if (this.#stopped.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#turn = this.#keep();
    }, waitMs).unref();
  }

  #tellBack(): void {
    if (!this.#known || this.#away > 0)
      this.#options.log.info({ service: this.#options.service }, 'discovery.registered');
    this.#known = true;
    this.#away = 0;
  }

  #tellAway(error: unknown): void {
    if (this.#stopped.signal.aborted || this.#away > 0) return;
    this.#options.log.warn({ err: error, service: this.#options.service }, 'discovery.away');
  }

  async stop(): Promise<void> {
    if (this.#stopped.signal.aborted) return;
    this.#stopped.abort();
    clearTimeout(this.#timer);
    await this.#turn;
    const { serverUrls, service, log } = this.#options;
    const serverUrl = serverUrls[this.#server];
    if (serverUrl === undefined) return;
    try {
      // Also where no answer came yet: the registration that was cut off may have arrived.
      await this.#call(serverUrl, 'DELETE', AbortSignal.timeout(goodbyeMs));
    } catch (error) {
      log.debug({ err: error, service }, 'discovery.goodbyeLost');
    }
  }
}

/**
 * Registers a service and keeps it registered in the background: sends heartbeats, registers again where the server
 * forgot it, goes to the next server where one is away. Never throws, never holds up the process's start or end.
 * @param options who registers and where
 * @returns the registration, to be stopped before the service drains
 */
export function registerWithEureka(options: RegistrationOptions): Registration {
  return new Keeper(options);
}
