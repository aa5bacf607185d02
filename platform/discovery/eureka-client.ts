// platform: tells discovery servers (Netflix Eureka's REST) that a service runs, for as long as it runs.
import type { ServiceName } from '@staffetta/flow/services.ts';
import { isIPv6 } from 'node:net';
import type { Log } from '../telemetry/log.ts';
import { backOffMs, callEureka, serverList, type EurekaCall, type ServerList } from './eureka-call.ts';
import { fieldsOf, leaseDefaults } from './instance.ts';

/** Who registers, where, and how often. */
export interface RegistrationOptions {
  /** Base URLs such as `http://host:8761/eureka`, tried in this order; a login may stand in them. */
  readonly serverUrls: readonly string[];
  readonly service: ServiceName;
  /** The name or address under which others reach the service. */
  readonly host: string;
  readonly port: number;
  readonly log: Log;
  /** Between heartbeats; Eureka's habit is 30 s. The server is told so, and to forget who is silent for three of them. */
  readonly heartbeatMs?: number;
  /** The first wait while no server answers; it doubles up to 5 s. */
  readonly retryMs?: number;
}

/** A registration that is kept alive. */
export interface Registration {
  /** Tells that no new work is wanted (OUT_OF_SERVICE); heartbeats go on until `stop` (2 s at most). Never rejects. */
  drain(): Promise<void>;
  /** Drains where that was not done, ends the heartbeats and takes the registration back (4 s at most). Never rejects. */
  stop(): Promise<void>;
}

const retryMsMax = 5000;
const answerMs = 3000;
const goodbyeMs = 2000;

/** By this our own draining is told from a person's OUT_OF_SERVICE, which outlives a start. */
const drainMark = 'staffetta.draining';

const usualHeartbeatMs = leaseDefaults.renewalIntervalInSecs * 1000;

/** Eureka knows whole seconds only. */
function leaseOf(heartbeatMs: number): typeof leaseDefaults {
  const renewalIntervalInSecs = Math.ceil(heartbeatMs / 1000);
  return { renewalIntervalInSecs, durationInSecs: 3 * renewalIntervalInSecs };
}

function instanceOf(options: RegistrationOptions, dirtyAtMs: number): Record<string, unknown> {
  const { service, host, port, heartbeatMs = usualHeartbeatMs } = options;
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
    leaseInfo: leaseOf(heartbeatMs),
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

/** What a client asks of one server; each rejects where the server does not take it, but for the statuses that mean something. */
class Desk {
  readonly #app: string;
  readonly #own: string;
  readonly #dirtyAtMs = Date.now();
  readonly #body: unknown;

  constructor(options: RegistrationOptions) {
    this.#app = `/apps/${options.service.toUpperCase()}`;
    this.#own = `${this.#app}/${encodeURIComponent(`${options.host}:${options.service}:${options.port}`)}`;
    this.#body = { instance: instanceOf(options, this.#dirtyAtMs) };
  }

  async #ask(serverUrl: string, call: EurekaCall, also: readonly number[] = []): Promise<number> {
    const { status } = await callEureka(serverUrl, call);
    if (status < 300 || also.includes(status)) return status;
    throw new Error(`the discovery server answers ${status}`);
  }

  async register(serverUrl: string, signal: AbortSignal): Promise<void> {
    await this.#ask(serverUrl, { method: 'POST', path: this.#app, body: this.#body, signal });
  }

  /** False where the server does not know us: then we register again. */
  async renew(serverUrl: string, signal: AbortSignal): Promise<boolean> {
    const path = `${this.#own}?status=UP&lastDirtyTimestamp=${this.#dirtyAtMs}`;
    return (await this.#ask(serverUrl, { method: 'PUT', path, signal }, [404])) !== 404;
  }

  async cancel(serverUrl: string, signal: AbortSignal): Promise<void> {
    await this.#ask(serverUrl, { method: 'DELETE', path: this.#own, signal }, [404]);
  }

  async markDraining(serverUrl: string, signal: AbortSignal): Promise<void> {
    const mark = { method: 'PUT', path: `${this.#own}/metadata?${drainMark}=true`, signal } as const;
    if ((await this.#ask(serverUrl, mark, [404])) === 404) return;
    await this.#ask(serverUrl, { method: 'PUT', path: `${this.#own}/status?value=OUT_OF_SERVICE`, signal }, [404]);
  }

  /** An earlier life of ours that ended while it drained left its OUT_OF_SERVICE behind; it would hold for us too. */
  async forgetDrained(serverUrl: string, signal: AbortSignal): Promise<void> {
    const { status, json } = await callEureka(serverUrl, { method: 'GET', path: this.#own, signal });
    const metadata = fieldsOf(fieldsOf(fieldsOf(json)?.['instance'])?.['metadata']);
    if (status === 200 && metadata?.[drainMark] === 'true') await this.cancel(serverUrl, signal);
  }
}

class Keeper implements Registration {
  readonly #options: RegistrationOptions;
  readonly #desk: Desk;
  readonly #servers: ServerList;
  readonly #stopped = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void>;
  #lookedBack = false;
  #known = false;
  #drained: Promise<void> | undefined;
  #away = 0;

  constructor(options: RegistrationOptions) {
    this.#options = options;
    this.#desk = new Desk(options);
    this.#servers = serverList(options.serverUrls, this.#stopped.signal);
    this.#turn = this.#keep();
  }

  /** One round: all servers are tried, from the one that answered last. Never rejects. */
  async #keep(): Promise<void> {
    const { retryMs = 500, heartbeatMs = usualHeartbeatMs } = this.#options;
    try {
      await this.#servers.first((serverUrl) => this.#keepAt(serverUrl));
      this.#tellBack();
      this.#again(heartbeatMs);
    } catch (error) {
      this.#tellAway(error);
      this.#again(backOffMs(retryMs, retryMsMax, this.#away++));
    }
  }

  /** Sends a heartbeat, or registers where the server does not know us; rejects where neither is taken. */
  async #keepAt(serverUrl: string): Promise<void> {
    const signal = (): AbortSignal => AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(answerMs)]);
    if (!this.#lookedBack) await this.#desk.forgetDrained(serverUrl, signal());
    this.#lookedBack = true;
    if (this.#known && (await this.#desk.renew(serverUrl, signal()))) return;
    await this.#desk.register(serverUrl, signal());
    // A server that lost us lost our wish with us.
    if (this.#drained) await this.#desk.markDraining(serverUrl, signal());
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

  /** Says good-bye in some words; lost ones are no matter, for the lease ends by itself. */
  async #lastWords(say: (serverUrl: string) => Promise<void>): Promise<void> {
    const serverUrl = this.#servers.current();
    if (serverUrl === undefined) return;
    try {
      await say(serverUrl);
    } catch (error) {
      this.#options.log.debug({ err: error, service: this.#options.service }, 'discovery.goodbyeLost');
    }
  }

  drain(): Promise<void> {
    this.#drained ??= this.#known
      ? this.#lastWords((serverUrl) => this.#desk.markDraining(serverUrl, AbortSignal.timeout(goodbyeMs)))
      : Promise.resolve();
    return this.#drained;
  }

  async stop(): Promise<void> {
    if (this.#stopped.signal.aborted) return;
    this.#stopped.abort();
    clearTimeout(this.#timer);
    await this.#turn;
    await this.drain();
    // Also where no answer came yet: the registration that was cut off may have arrived.
    await this.#lastWords((serverUrl) => this.#desk.cancel(serverUrl, AbortSignal.timeout(goodbyeMs)));
  }
}

/**
 * Registers a service and keeps it registered in the background: sends heartbeats, registers again where the server
 * forgot it, goes to the next server where one is away. Never throws, never holds up the process's start or end.
 * @param options who registers and where
 * @returns the registration, to be drained before the service stops and stopped after it
 */
export function registerWithEureka(options: RegistrationOptions): Registration {
  return new Keeper(options);
}
