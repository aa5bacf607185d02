// sender: a world whose first transactions fail, for its tests.
import type { World } from '@staffetta/platform/service.ts';

/** The same world, but its first so many transactions fail with an error. */
export function withFailingTransactions(world: World, times: number, error: Error): World {
  const { store } = world;
  let left = times;
  return {
    ...world,
    store: {
      url: store.url,
      query: (statement) => store.query(statement),
      transaction: (work) => (left-- > 0 ? Promise.reject(error) : store.transaction(work)),
      connection: () => store.connection(),
      pool: () => store.pool(),
      ping: () => store.ping(),
      close: () => store.close(),
    },
  };
}
