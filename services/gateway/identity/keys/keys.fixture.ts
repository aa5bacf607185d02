// gateway: for tests of kept keys: gateways on one database, and keys made there over REST.
import { HubError } from '@staffetta/flow/errors.ts';
import { openStore, type Store } from '@staffetta/platform/store/store.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import type { World } from '@staffetta/platform/service.ts';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { arubaKey, startGateway, type TestAnswer, type TestGateway } from '../../gateway-test-kit.ts';

/** What a test asks of a gateway's settings. */
export type Changes = Parameters<typeof startGateway>[1];

/** Gateways that share a database. */
export interface KeyBench {
  readonly world: TestWorld;
  /** What was told at the terminal. */
  readonly told: string[];
  /** Starts a gateway more; it ends with the bench. */
  start(changes?: Changes, world?: Partial<World>): Promise<TestGateway>;
  end(): Promise<void>;
}

/**
 * Makes a database and what starts gateways on it.
 * @param upstream the address of the services behind them
 */
export async function keyBench(upstream: string): Promise<KeyBench> {
  const world = await testWorld();
  const told: string[] = [];
  const running: TestGateway[] = [];
  const stores: Store[] = [];
  return {
    world,
    told,
    async start(changes = {}, parts = {}) {
      // A gateway is a process: its connections are its own.
      const storeIfAny = openStore(world.store.url, { name: 'gateway of a test' });
      stores.push(storeIfAny);
      const { dataDir } = world;
      const shared = { storeIfAny, dataDir, tell: (line: string) => void told.push(line), ...parts };
      const gateway = await startGateway(upstream, { keysPollMs: 600_000, keyUsesMs: 50, ...changes }, shared);
      running.push(gateway);
      return gateway;
    },
    async end() {
      await Promise.all(running.map((gateway) => gateway.stop()));
      await Promise.all(stores.map((store) => store.close()));
      await world.end();
    },
  };
}

/** Waits until a fact holds. @throws Error with `what` after 20 s */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`It did not come true within 20 s: ${what}`);
    await sleep(10);
  }
}

/** A key as REST answers it. */
export interface AnsweredKey {
  readonly keyId: string;
  readonly key: string;
  readonly state: string;
  readonly [name: string]: unknown;
}

/** Asks a gateway with a JSON body. @param by who asks; the platform's development key by default */
export function askJson(
  gateway: TestGateway,
  method: string,
  path: string,
  body: unknown,
  by: Record<string, string> = arubaKey,
): Promise<TestAnswer> {
  return gateway.ask(method, path, { ...by, 'content-type': 'application/json' }, JSON.stringify(body));
}

/** Makes a key and insists on it. */
export async function madeKey(gateway: TestGateway, wish: Record<string, unknown> = {}): Promise<AnsweredKey> {
  const body = { name: 'gestionale', role: 'ARUBA', ...wish };
  const answer = await askJson(gateway, 'POST', '/gateway/api/keys', body);
  assert.equal(answer.status, 201, answer.text);
  return JSON.parse(answer.text) as AnsweredKey;
}

/** The status that a key gets at the service behind the gateway. */
export async function statusWith(gateway: TestGateway, headers: Record<string, string>, path = '/dbmanager/x') {
  return (await gateway.ask('GET', path, headers)).status;
}

/** A key as a header. */
export function shown(key: string): Record<string, string> {
  return { 'x-api-key': key };
}

/** The sentence of a refusal. */
export function sentenceOf(answer: TestAnswer): string {
  return (JSON.parse(answer.text) as { errorMessage: string }).errorMessage;
}

/** A database that can be taken away and given back. */
export function stoppable(store: Store): { readonly store: Store; setAway(isAway: boolean): void } {
  let isAway = false;
  function open(): Store {
    if (isAway) throw new HubError('DATABASE_AWAY', 'The database cannot be reached: it was taken away');
    return store;
  }
  return {
    store: {
      ...store,
      url: store.url,
      query: async (statement) => open().query(statement),
      transaction: async (work) => open().transaction(work),
      connection: async () => open().connection(),
      ping: async () => open().ping(),
      close: async () => undefined,
    },
    setAway(wish) {
      isAway = wish;
    },
  };
}
