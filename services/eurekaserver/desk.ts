// eurekaserver: what each call does to the registry and tells the peers; the same for a client's call and for a peer's batch.
import type { Clock } from '@staffetta/platform/clock.ts';
import {
  fieldsOf,
  instanceStatuses,
  listOf,
  shapeInstance,
  statusOf,
  textOf,
  type Fields,
  type Instance,
  type InstanceStatus,
} from '@staffetta/platform/discovery/instance.ts';
import { readRegistration } from './registration.ts';
import type { Registry } from './registry.ts';
import type { ReplicationTask } from './replication-queue.ts';

/** What a call came to: an HTTP status, words for a refusal, the instance that a peer should look at. */
export interface Outcome {
  readonly status: number;
  readonly words?: string;
  readonly instance?: Instance;
}

/** Who is meant, and whether a peer speaks (then nobody else is told). */
export interface Caller {
  readonly app: string;
  readonly id: string;
  readonly isReplication: boolean;
}

/** What the desk works with. */
export interface DeskOptions {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly leaseMs: number;
  /** Tells the peers; does nothing where there are none. */
  tell(task: ReplicationTask): void;
}

const taken: Outcome = { status: 200 };
const unknown: Outcome = { status: 404 };

function numberOf(given: unknown): number | undefined {
  const number = Number(given);
  return given !== undefined && given !== null && given !== '' && Number.isFinite(number) ? number : undefined;
}

/** A status as a caller writes it; undefined for a word that is none. */
function exactStatus(given: unknown): InstanceStatus | undefined {
  return instanceStatuses.find((known) => known === given);
}

/** The eurekaserver's calls. */
export class Desk {
  readonly #options: DeskOptions;

  /** @param options registry, clock, peers */
  constructor(options: DeskOptions) {
    this.#options = options;
  }

  #tell(action: ReplicationTask['action'], { app, id, isReplication }: Caller, known?: Instance): void {
    if (isReplication) return;
    const instance = known ?? this.#options.registry.find(app, id);
    this.#options.tell({ action, app: app.toUpperCase(), id, instance, sinceMs: this.#options.clock.now().getTime() });
  }

  /**
   * Registers an instance.
   * @param app the path's
   * @param body parsed
   */
  register(app: string, body: unknown, isReplication: boolean): Outcome {
    const { registry, clock, leaseMs } = this.#options;
    const instance = readRegistration(body, app.toUpperCase(), clock.now().getTime(), leaseMs);
    if (typeof instance === 'string') return { status: 400, words: instance };
    if (!registry.register(instance, isReplication)) {
      return { status: 503, words: 'The registry is full: raise EUREKA_INSTANCES_MAX' };
    }
    this.#tell('Register', { app, id: instance.instanceId, isReplication });
    return { status: 204, instance };
  }

  /**
   * Takes a heartbeat.
   * @param query `lastDirtyTimestamp`, and from peers `overriddenstatus`
   */
  renew(caller: Caller, query: Fields): Outcome {
    const { registry } = this.#options;
    const override = exactStatus(query['overriddenstatus']);
    const beat = { dirtyMs: numberOf(query['lastDirtyTimestamp']), isReplication: caller.isReplication, override };
    const renewal = registry.renew(caller.app, caller.id, beat);
    if (renewal === 'unknown') return unknown;
    const instance = registry.find(caller.app, caller.id);
    if (renewal === 'conflict') return { status: 409, ...(instance && { instance }) };
    this.#tell('Heartbeat', caller, instance);
    return taken;
  }

  /** Takes an instance out. */
  cancel(caller: Caller): Outcome {
    if (!this.#options.registry.cancel(caller.app, caller.id)) return unknown;
    this.#tell('Cancel', caller);
    return taken;
  }

  /**
   * Sets a status over an instance's own.
   * @param value one of Eureka's statuses, in capitals; another word is a 500, as in the original
   */
  setStatus(caller: Caller, value: unknown, dirty?: unknown): Outcome {
    const { registry } = this.#options;
    if (!registry.find(caller.app, caller.id)) return unknown;
    const status = exactStatus(value);
    if (!status) return { status: 500, words: `Unknown status ${textOf(value)}` };
    registry.setStatus(caller.app, caller.id, status, numberOf(dirty));
    this.#tell('StatusUpdate', caller);
    return taken;
  }

  /** Takes off what was set; without a value the instance registers again at its next heartbeat. */
  clearStatus(caller: Caller, value: unknown, dirty?: unknown): Outcome {
    const status = statusOf(value, 'UNKNOWN');
    if (!this.#options.registry.clearStatus(caller.app, caller.id, status, numberOf(dirty))) return unknown;
    this.#tell('DeleteStatusOverride', caller);
    return taken;
  }

  /** Adds to an instance's metadata. */
  addMetadata(caller: Caller, entries: Fields): Outcome {
    const texts = Object.entries(entries).map(([key, value]) => [key, textOf(listOf(value)[0])] as const);
    const instance = this.#options.registry.addMetadata(caller.app, caller.id, Object.fromEntries(texts));
    if (!instance) return unknown;
    this.#tell('Register', caller, instance);
    return taken;
  }

  #replicate(entry: Fields): Outcome {
    const caller = { app: textOf(entry['appName']), id: textOf(entry['id']), isReplication: true };
    const dirty = entry['lastDirtyTimestamp'];
    switch (entry['action']) {
      case 'Register': {
        const { status, ...rest } = this.register(caller.app, { instance: entry['instanceInfo'] }, true);
        return status === 204 ? taken : { status, ...rest };
      }
      case 'Heartbeat':
        return this.renew(caller, { lastDirtyTimestamp: dirty, overriddenstatus: entry['overriddenStatus'] });
      case 'Cancel':
        return this.cancel(caller);
      case 'StatusUpdate':
        return this.setStatus(caller, entry['status'], dirty);
      case 'DeleteStatusOverride':
        return this.clearStatus(caller, entry['status'], dirty);
      default:
        return { status: 500 };
    }
  }

  /**
   * Does what a peer tells, in its order.
   * @param body `{"replicationList":[…]}`
   * @returns `{"responseList":[…]}`, an entry for each
   */
  replicate(body: unknown) {
    const entries = listOf(fieldsOf(body)?.['replicationList']);
    const responseList = entries.map((entry) => {
      const { status, instance } = this.#replicate(fieldsOf(entry) ?? {});
      return status === 409 ? { statusCode: status, responseEntity: instance } : { statusCode: status };
    });
    return { responseList };
  }

  /**
   * Keeps an instance that a peer knows better.
   * @param given as the peer's JSON has it
   */
  adopt(given: unknown): void {
    const fields = fieldsOf(given);
    if (!fields) return;
    const { clock, registry, leaseMs } = this.#options;
    const instance = shapeInstance(fields, clock.now().getTime(), leaseMs / 1000);
    if (instance.app !== '' && instance.instanceId !== '') registry.register(instance, true);
  }
}
