// eurekaserver: the other servers of the same registry, ours or Netflix's: told of every change, asked for theirs at the start.
import type { Clock } from '@staffetta/platform/clock.ts';
import { readApplications } from '@staffetta/platform/discovery/applications.ts';
import { callEureka, type EurekaAnswer } from '@staffetta/platform/discovery/eureka-call.ts';
import { fieldsOf, listOf, type Instance } from '@staffetta/platform/discovery/instance.ts';
import type { Log } from '@staffetta/platform/telemetry/log.ts';
import { randomUUID } from 'node:crypto';
import { ReplicationQueue, type ReplicationTask } from './replication-queue.ts';

/** The header of a call that must not be told on. */
export const replicationHeader = 'x-netflix-discovery-replication';

/** Each answer of ours names who gave it, so that a server that is listed among its own peers finds itself. */
export const nodeHeader = 'x-staffetta-discovery-node';

const batchMax = 250;

/** How the peers are told. */
export interface PeersOptions {
  readonly urls: readonly string[];
  readonly batchMs: number;
  readonly replicationMs: number;
  readonly peerAnswerMs: number;
  readonly syncRetries: number;
  readonly syncWaitMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** The instance as it is now, for a peer that does not know it. */
  find(app: string, id: string): Instance | undefined;
  /** Keeps an instance that a peer knows better, or that a starting server does not know yet. */
  adopt(given: unknown): void;
}

/** A peer as the page shows it. */
export interface PeerView {
  /** Its address, without the login. */
  readonly address: string;
  readonly state: 'unknown' | 'there' | 'away' | 'myself';
  readonly waiting: number;
}

/** Who this server is, for as long as it runs. */
export type NodeId = string;

/** The original is told the instance with a registration only; ours needs no more either. */
function entryOf({ action, app, id, instance }: ReplicationTask): Record<string, unknown> {
  return {
    action,
    appName: app,
    id,
    lastDirtyTimestamp: instance ? Number(instance.lastDirtyTimestamp) : undefined,
    status: instance?.status,
    overriddenStatus: instance?.overriddenStatus,
    instanceInfo: action === 'Register' ? instance : undefined,
  };
}

function withoutLogin(url: string): string {
  if (!URL.canParse(url)) return '(no address)';
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

class Peer {
  readonly #url: string;
  readonly #options: PeersOptions;
  readonly #node: NodeId;
  readonly #stopped: AbortSignal;
  readonly #queue = new ReplicationQueue();
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> | undefined;
  #state: PeerView['state'] = 'unknown';

  constructor(url: string, options: PeersOptions, node: NodeId, stopped: AbortSignal) {
    this.#url = url;
    this.#options = options;
    this.#node = node;
    this.#stopped = stopped;
  }

  view(): PeerView {
    return { address: withoutLogin(this.#url), state: this.#state, waiting: this.#queue.size() };
  }

  tell(task: ReplicationTask): void {
    if (this.#state === 'myself') return;
    this.#queue.add(task);
    if (!this.#turn) this.#after(this.#options.batchMs);
  }

  #after(waitMs: number): void {
    if (this.#stopped.aborted) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#turn = this.#flush().finally(() => {
        this.#turn = undefined;
        if (this.#queue.size() > 0) this.#after(this.#state === 'away' ? 1000 : this.#options.batchMs);
      });
    }, waitMs).unref();
  }

  async #ask(method: 'GET' | 'POST', path: string, body?: unknown): Promise<EurekaAnswer> {
    const answer = await callEureka(this.#url, {
      method,
      path,
      ...(body !== undefined && { body }),
      headers: { [replicationHeader]: 'true' },
      signal: AbortSignal.timeout(this.#options.peerAnswerMs),
    });
    if (answer.headers[nodeHeader] === this.#node) this.#state = 'myself';
    else if (answer.status >= 300) throw new Error(`the peer answers ${answer.status}`);
    else this.#there();
    return answer;
  }

  #there(): void {
    if (this.#state === 'away') this.#options.log.info({ peer: withoutLogin(this.#url) }, 'peer.back');
    this.#state = 'there';
  }

  #away(error: unknown): void {
    if (this.#state !== 'away') this.#options.log.warn({ err: error, peer: withoutLogin(this.#url) }, 'peer.away');
    this.#state = 'away';
  }

  /** Tells what waits, or keeps it. Never rejects. */
  async #flush(): Promise<void> {
    const nowMs = this.#options.clock.now().getTime();
    const tasks = this.#queue.take(batchMax, nowMs - this.#options.replicationMs);
    if (tasks.length === 0) return;
    try {
      const answer = await this.#ask('POST', '/peerreplication/batch/', { replicationList: tasks.map(entryOf) });
      const outcomes = listOf(fieldsOf(answer.json)?.['responseList']);
      for (const [place, task] of tasks.entries()) this.#settle(task, fieldsOf(outcomes[place]) ?? {});
    } catch (error) {
      this.#away(error);
      this.#queue.putBack(tasks);
    }
  }

  #settle(task: ReplicationTask, outcome: Readonly<Record<string, unknown>>): void {
    const status = outcome['statusCode'];
    // The peer knows it later than we do: what we hold is the older.
    if (status === 409) return this.#options.adopt(outcome['responseEntity']);
    if (status !== 404 || task.action === 'Cancel') return;
    const instance = this.#options.find(task.app, task.id);
    if (instance) this.tell({ ...task, action: 'Register', instance });
  }

  /** Copies the peer's registry; false where it gave none. */
  async copy(): Promise<boolean> {
    try {
      const { json } = await this.#ask('GET', '/apps/');
      const read = readApplications(json, this.#options.clock.now().getTime());
      if (this.#state === 'myself' || !read) return false;
      for (const instance of read.instances) this.#options.adopt(instance);
      return read.instances.length > 0;
    } catch (error) {
      this.#away(error);
      return false;
    }
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#turn;
    // What this server heard last is told still, if the peer takes it at once.
    await this.#flush();
  }
}

/** All the peers. */
export class Peers {
  readonly node: NodeId = randomUUID();
  readonly #options: PeersOptions;
  readonly #peers: readonly Peer[];
  readonly #stopped = new AbortController();
  #copied = false;

  /** @param options who they are and how they are told */
  constructor(options: PeersOptions) {
    this.#options = options;
    this.#peers = options.urls.map((url) => new Peer(url, options, this.node, this.#stopped.signal));
  }

  /** Tells every peer; returns at once. */
  tell(task: ReplicationTask): void {
    for (const peer of this.#peers) peer.tell(task);
  }

  /** Copies the registry of the first peer that gives one; ends when one did or the tries are used up. Never rejects. */
  async copyRegistry(): Promise<void> {
    const { syncRetries, syncWaitMs, log } = this.#options;
    if (syncRetries === 0) return;
    for (let tries = 0; tries <= syncRetries && !this.#stopped.signal.aborted; tries++) {
      if (tries > 0) await this.#pause(syncWaitMs);
      for (const peer of this.#peers) {
        if (this.#stopped.signal.aborted || !(await peer.copy())) continue;
        log.info({ peer: peer.view().address }, 'registry.copied');
        this.#copied = true;
        return;
      }
    }
  }

  #pause(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, waitMs).unref();
      this.#stopped.signal.addEventListener(
        'abort',
        () => {
          clearTimeout(timer);
          resolve();
        },
        { once: true },
      );
    });
  }

  /** Whether a peer gave its registry; true where there are no peers. */
  copied(): boolean {
    return this.#copied || this.#peers.length === 0;
  }

  /** The peers, for the page. */
  views(): readonly PeerView[] {
    return this.#peers.map((peer) => peer.view());
  }

  /** Ends it, with one last try to tell what waits. Never rejects. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#peers.map((peer) => peer.stop()));
  }
}
