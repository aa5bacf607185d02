// platform: a store that a service uses while it starts: a server that is full, or away for a moment, is waited for instead of ending it.
import type { Wait } from '../start-wait.ts';
import type { Store } from './store.ts';

/**
 * Makes a store patient for a time; afterwards it fails at once again, as health, steps and callers expect. What a service asks while
 * it starts may thus be asked twice: migrations and first rows are written so that this changes nothing.
 * @param store what is asked
 * @param isStarting whether it is still to be patient
 * @param wait how it waits
 */
export function patientStore(store: Store, isStarting: () => boolean, wait: Wait): Store {
  const patiently: Wait = (ask) => (isStarting() ? wait(ask) : ask());
  return {
    url: store.url,
    query: (statement) => patiently(() => store.query(statement)),
    transaction: (work) => patiently(() => store.transaction(work)),
    connection: () => patiently(() => store.connection()),
    // Health asks by it, also during the start: it tells how things are.
    ping: () => store.ping(),
    pool: () => store.pool(),
    close: () => store.close(),
  };
}
