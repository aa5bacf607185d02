// platform: a client's copy of a discovery registry: read in full, kept fresh by changes, kept when every server is away.
import type { Log } from '../telemetry/log.ts';
import { applyDelta, hashcodeOf, indexed, keyOf, readApplications, type Instances } from './applications.ts';
import { followChanges } from './change-stream.ts';
import { backOffMs, callEureka, serverList, type ServerList } from './eureka-call.ts';
import { textOf, type Instance } from './instance.ts';

/** What is watched, and how. */
export interface WatchOptions {
  /** Base URLs such as `http://host:8761/eureka`, tried in this order; a login may stand in them. Any Eureka. */
  readonly serverUrls: readonly string[];
  readonly log: Log;
  /** Between two questions for changes; Eureka's habit is 30 s. */
  readonly everyMs?: number;
  /** The first wait while no server answers; it doubles up to `everyMs`. */
  readonly retryMs?: number;
  /** How long one server may take for its answer. */
  readonly answerMs?: number;
  /**
   * How long an instance is kept that is missing in a full answer although nobody told that it left: a server that was started anew
   * knows nobody until the next heartbeats. 90 s, a lease, by default.
   */
  readonly holdMs?: number;
  /** Called after each answer, when lookups tell what was read: for those who make something of it. It must not throw. */
  readonly onRead?: () => void;
}

/** A copy of the registry; it answers at once, from memory. */
export interface RegistryWatch {
  /** Resolves when the registry was read for the first time. */
  readonly ready: Promise<void>;
  /** Everything, also what is not UP. */
  all(): readonly Instance[];
  /** The instances of an application that are UP; the name in any letter case. */
  instancesOf(app: string): readonly Instance[];
  /** The instances that are UP under a vip address, in its exact letters. */
  instancesOfVip(vip: string): readonly Instance[];
  /** When a server answered last, in Unix milliseconds; undefined before the first time. */
  readAtMs(): number | undefined;
  /** Asks now; resolves when that was tried. Never rejects. */
  refresh(): Promise<void>;
  /** Ends it; what was read can still be asked. */
  stop(): Promise<void>;
}

interface Held {
  readonly instance: Instance;
  readonly untilMs: number;
}

/** What lookups read, made once for each answer: a lookup must cost nothing. */
interface Index {
  readonly all: readonly Instance[];
  readonly upByApp: ReadonlyMap<string, readonly Instance[]>;
  readonly upByVip: ReadonlyMap<string, readonly Instance[]>;
}

function indexOf(all: readonly Instance[]): Index {
  const up = all.filter(({ status }) => status === 'UP');
  const vips = up.flatMap((instance) => {
    const names = new Set(textOf(instance.vipAddress).split(','));
    return [...names].map((name) => ({ name: name.trim(), instance }));
  });
  const upByVip = Map.groupBy(vips, ({ name }) => name);
  return {
    all,
    upByApp: Map.groupBy(up, ({ app }) => app),
    upByVip: new Map([...upByVip].map(([name, entries]) => [name, entries.map(({ instance }) => instance)])),
  };
}

class Watch implements RegistryWatch {
  readonly #options: Required<WatchOptions>;
  readonly #stopped = new AbortController();
  readonly #servers: ServerList;
  readonly #first = Promise.withResolvers<void>();
  readonly ready = this.#first.promise;
  #known: Instances = new Map();
  readonly #held = new Map<string, Held>();
  #index = indexOf([]);
  #readAtMs: number | undefined;
  #away = 0;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> | undefined;
  #poked = false;
  #following: Promise<void> | undefined;
  readonly #silentServers = new Set<string>();

  constructor(options: WatchOptions) {
    this.#options = {
      everyMs: 30_000,
      retryMs: 500,
      answerMs: 8000,
      holdMs: 90_000,
      onRead: () => undefined,
      ...options,
    };
    this.#servers = serverList(options.serverUrls, this.#stopped.signal);
    void this.refresh();
  }

  async #ask(serverUrl: string, path: '/apps/' | '/apps/delta') {
    const signal = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(this.#options.answerMs)]);
    const { status, json } = await callEureka(serverUrl, { method: 'GET', path, signal });
    const read = status === 200 ? readApplications(json, Date.now()) : undefined;
    // 403 tells that changes are switched off there.
    if (!read && !(path === '/apps/delta' && status === 403)) throw new Error(`the discovery server answers ${status}`);
    return read;
  }

  async #full(serverUrl: string): Promise<void> {
    const next = indexed((await this.#ask(serverUrl, '/apps/'))?.instances ?? []);
    const untilMs = Date.now() + this.#options.holdMs;
    for (const [key, instance] of this.#known) if (!next.has(key)) this.#held.set(key, { instance, untilMs });
    this.#known = next;
  }

  /** Brings the copy up to date: by the changes, and in full where they do not add up to what the server has. */
  async #read(serverUrl: string): Promise<void> {
    const delta = this.#readAtMs === undefined ? undefined : await this.#ask(serverUrl, '/apps/delta');
    if (!delta?.isDelta) return this.#full(serverUrl);
    this.#known = applyDelta(this.#known, delta.instances);
    for (const { actionType, app, instanceId } of delta.instances) {
      if (actionType === 'DELETED') this.#held.delete(keyOf(app, instanceId));
    }
    if (delta.hashcode !== hashcodeOf(this.#known.values())) return this.#full(serverUrl);
  }

  #reindex(): void {
    const nowMs = Date.now();
    for (const [key, { untilMs }] of this.#held) {
      if (this.#known.has(key) || nowMs >= untilMs) this.#held.delete(key);
    }
    this.#index = indexOf([...this.#known.values(), ...[...this.#held.values()].map(({ instance }) => instance)]);
  }

  async #round(): Promise<void> {
    const { log, everyMs, retryMs } = this.#options;
    try {
      await this.#servers.first((serverUrl) => this.#read(serverUrl));
      this.#reindex();
      this.#readAtMs = Date.now();
      this.#options.onRead();
      this.#first.resolve();
      if (this.#away > 0) log.info({ instances: this.#known.size }, 'discovery.registryBack');
      this.#away = 0;
      this.#follow();
      this.#again(everyMs);
    } catch (error) {
      if (this.#away === 0 && !this.#stopped.signal.aborted) log.warn({ err: error }, 'discovery.registryAway');
      this.#again(backOffMs(retryMs, everyMs, this.#away++));
    }
  }

  #again(waitMs: number): void {
    if (this.#stopped.signal.aborted) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.refresh(), waitMs).unref();
  }

  /** Hears from our own servers when something changed; of others the rhythm alone tells. */
  #follow(): void {
    const serverUrl = this.#servers.current();
    if (this.#following || serverUrl === undefined || this.#silentServers.has(serverUrl)) return;
    this.#following = followChanges(serverUrl, () => this.#poke(), this.#stopped.signal).then((streams) => {
      this.#following = undefined;
      if (!streams) this.#silentServers.add(serverUrl);
    });
  }

  /** What changes while we read may not be in what we read. */
  #poke(): void {
    if (this.#turn) this.#poked = true;
    else void this.refresh();
  }

  refresh(): Promise<void> {
    if (this.#stopped.signal.aborted) return Promise.resolve();
    this.#turn ??= this.#round().finally(() => {
      this.#turn = undefined;
      if (this.#poked) void this.refresh();
      this.#poked = false;
    });
    return this.#turn;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    clearTimeout(this.#timer);
    await this.#turn;
    await this.#following;
  }

  all(): readonly Instance[] {
    return this.#index.all;
  }

  instancesOf(app: string): readonly Instance[] {
    return this.#index.upByApp.get(app.toUpperCase()) ?? [];
  }

  instancesOfVip(vip: string): readonly Instance[] {
    return this.#index.upByVip.get(vip) ?? [];
  }

  readAtMs(): number | undefined {
    return this.#readAtMs;
  }
}

/**
 * Keeps a copy of a discovery registry, from any Eureka: reads it in full once, then its changes, and in full again where the
 * hash code shows that one was missed; of our own eurekaserver it hears at once that something changed. While every server is away
 * the last copy holds. Never throws.
 * @param options the servers and the rhythm
 */
export function watchRegistry(options: WatchOptions): RegistryWatch {
  return new Watch(options);
}
