// gateway: opens the kept keys: prepares the tables once the database answers, hears of changes, and goes on without it.
import { HubError } from '@staffetta/flow/errors.ts';
import { realTime } from '@staffetta/platform/clock.ts';
import type { HealthCheck } from '@staffetta/platform/http/health.ts';
import type { World } from '@staffetta/platform/service.ts';
import { registerInstance, type LiveInstance } from '@staffetta/platform/store/live-instances.ts';
import { migrate } from '@staffetta/platform/store/migrate.ts';
import { migratePlatform } from '@staffetta/platform/store/platform-tables.ts';
import type { Store } from '@staffetta/platform/store/store.ts';
import { repeat, type Repeating } from '@staffetta/platform/work/repeating.ts';
import { keyJudge, type KeyJudge } from './judge-key.ts';
import { findKey, keyChannel, keysChangedSince, keysThatCount } from './kept-keys.ts';
import { stageOf, type Stage } from './key-form.ts';
import type { KeySettings } from './key-settings.ts';
import { keyStanding, type WhyKeyEnded } from './key-standing.ts';
import { keyUses, type KeyUses } from './key-uses.ts';
import { knownKeys, type KnownKeys } from './known-keys.ts';
import { openPeppers, type Peppers } from './peppers.ts';

/** The keys that the gateway keeps. */
export interface KeptKeys {
  readonly judge: KeyJudge;
  readonly whyEnded: WhyKeyEnded;
  readonly peppers: Peppers;
  readonly stage: Stage;
  readonly health: HealthCheck;
  /** The real time: a hub clock that was turned neither ends a key nor makes one live on. */
  now(): Date;
  /** The database, with the gateway's tables in it. @throws HubError KEYS_AWAY where it has not answered yet */
  store(): Store;
  /** Gives it once it has answered. */
  whenReady(): Promise<Store>;
  isReady(): boolean;
  /** Learns at once what was just changed here; the other gateways are told by the database. */
  refresh(keyId: string): Promise<void>;
  /** Writes down what is still to be noted, and hears of nothing more. */
  stop(): Promise<void>;
}

/** What they need. */
export interface KeptKeysParts {
  readonly world: Pick<World, 'profile' | 'clock' | 'log' | 'dataDir'>;
  readonly store: Store;
  readonly values: KeySettings;
}

/** How long a start waits for a database that may be there: keys should count from the first request on. */
const firstLookMs = 2000;

const migrations = new URL('../../migrations/', import.meta.url);

/** Brings the gateway's tables up to date; several gateways at once are safe. @param store the database */
export async function prepareGatewayTables(store: Store): Promise<void> {
  await migratePlatform(store);
  await migrate(store, 'gateway', migrations);
}

function notYet(): HubError {
  return new HubError('KEYS_AWAY', 'The database where keys are kept has not answered yet.');
}

class StoredKeys implements KeptKeys {
  readonly judge: KeyJudge;
  readonly whyEnded: WhyKeyEnded;
  readonly peppers: Peppers;
  readonly stage: Stage;
  readonly health: HealthCheck;
  readonly #parts: KeptKeysParts;
  readonly #known: KnownKeys;
  readonly #uses: KeyUses;
  #instance: LiveInstance | undefined;
  #working: readonly Repeating[] = [];
  /** By the database's clock; undefined while its tables are not there. */
  #lookedAt: Date | undefined;
  #heardMs = 0;
  #trouble: unknown = notYet();
  #isAway = false;
  readonly #ready = Promise.withResolvers<Store>();

  constructor(parts: KeptKeysParts) {
    const { world, values } = parts;
    this.#parts = parts;
    this.peppers = openPeppers(values.keyPepper, world.dataDir);
    this.stage = stageOf(world.profile);
    this.#known = knownKeys(this.peppers, values.keysKnownMax, () => this.now().getTime());
    this.#uses = keyUses(this.peppers);
    this.health = { name: 'keys', essential: false, check: () => this.#check() };
    const judging = {
      known: this.#known,
      uses: this.#uses,
      now: () => this.now(),
      stage: this.stage,
      isAwayTooLong: () => this.now().getTime() - this.#heardMs > values.keysTrustedMs + 3 * values.keysPollMs,
      find: async (keyId: string) => findKey(this.store(), keyId),
      lookupsMax: values.keyLookupsMax,
    };
    this.judge = keyJudge(judging);
    this.whyEnded = keyStanding(judging);
  }

  async open(): Promise<void> {
    const { values, world, store } = this.#parts;
    const first = this.#look();
    let waiting: NodeJS.Timeout | undefined;
    await Promise.race([first, new Promise((resolve) => (waiting = setTimeout(resolve, firstLookMs)))]);
    clearTimeout(waiting);
    const unexpected = (error: unknown): void => world.log.warn({ err: error }, 'keys.usesWait');
    this.#working = [
      repeat(values.keysPollMs, () => first.then(() => this.#look()), unexpected),
      repeat(values.keyUsesMs, () => this.#uses.write(store), unexpected),
    ];
  }

  now(): Date {
    return realTime(this.#parts.world.clock);
  }

  store(): Store {
    if (!this.#lookedAt) throw notYet();
    return this.#parts.store;
  }

  whenReady(): Promise<Store> {
    return this.#ready.promise;
  }

  isReady(): boolean {
    return this.#lookedAt !== undefined;
  }

  async refresh(keyId: string): Promise<void> {
    // Forgotten first: where the database does not answer now, the next request asks again.
    this.#known.forget(keyId);
    const key = await findKey(this.#parts.store, keyId);
    if (key) this.#known.put(key);
    else this.#known.putAbsent(keyId);
  }

  async stop(): Promise<void> {
    const { log } = this.#parts.world;
    await Promise.all(this.#working.map((work) => work.stop()));
    await this.#uses
      .write(this.#parts.store)
      .catch((error: unknown) => log.warn({ err: error }, 'keys.lastUsesNotWritten'));
    await this.#instance?.close();
  }

  async #look(): Promise<void> {
    const { log } = this.#parts.world;
    // What it says was true when it was asked, and may not be any more when the answer comes.
    const askedMs = this.now().getTime();
    try {
      if (this.#lookedAt) await this.#readChanges(this.#lookedAt);
      else await this.#prepare();
      this.#heardMs = askedMs;
      if (this.#isAway) log.info('keys.databaseBack');
      this.#isAway = false;
      this.#trouble = undefined;
    } catch (error) {
      if (!this.#isAway) log.warn({ err: error }, 'keys.databaseAway');
      this.#isAway = true;
      this.#trouble = error;
    }
  }

  async #prepare(): Promise<void> {
    const { store, values } = this.#parts;
    await prepareGatewayTables(store);
    const onNotification = (_channel: string, keyId: string): void => void this.#hear(keyId);
    this.#instance ??= await registerInstance(store, 'gatewayserver', { channels: [keyChannel], onNotification });
    const { lookedAt } = await keysChangedSince(store, null);
    const counting = await keysThatCount(store, this.now(), values.keysKnownMax);
    for (const key of counting.toReversed()) this.#known.put(key);
    this.#lookedAt = lookedAt;
    this.#ready.resolve(store);
  }

  async #readChanges(since: Date): Promise<void> {
    const { keys, lookedAt } = await keysChangedSince(this.#parts.store, since);
    for (const key of keys) this.#known.put(key);
    this.#lookedAt = lookedAt;
  }

  async #hear(keyId: string): Promise<void> {
    try {
      await this.refresh(keyId);
    } catch (error) {
      // The next look finds it.
      this.#parts.world.log.warn({ err: error }, 'keys.changeNotRead');
    }
  }

  async #check(): Promise<void> {
    if (this.#trouble) throw this.#trouble;
    const count = this.#known.withoutPepper();
    if (count === 0) return;
    throw new HubError('SETTING_WRONG', `${count} API keys were kept under a pepper that this gateway does not have.`);
  }
}

/**
 * Opens the kept keys. It waits two seconds at most for the database; what is not there then comes later by itself.
 * @param parts world, database and settings
 * @throws HubError SETTING_WRONG for a pepper that is none
 */
export async function openKeptKeys(parts: KeptKeysParts): Promise<KeptKeys> {
  const keys = new StoredKeys(parts);
  await keys.open();
  return keys;
}
