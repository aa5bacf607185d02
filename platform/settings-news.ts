// platform: the word that settings changed, from the bus to all services of a process.
import { broadcasts } from '@staffetta/flow/broadcasts.ts';
import type { Bus, Hearing } from './bus/bus.ts';

/** The news that a process hears. */
export interface SettingsNews {
  /**
   * Calls a function at each word that settings changed, and once when hearing begins: what changed before was not heard.
   * @returns what ends that
   */
  onNews(hear: () => void): () => void;
  stop(): Promise<void>;
}

/**
 * Hears the news of a process; the first who wants them begins it.
 * @param bus undefined where the process has none: then there are no news, and asking at intervals must do
 */
export function settingsNews(bus: Bus | undefined): SettingsNews {
  const listeners = new Set<() => void>();
  let hearing: Hearing | undefined;
  const tell = (): void => {
    for (const hear of listeners) hear();
  };
  function begin(from: Bus): Hearing {
    // Whatever it says: who asks for nothing new gets an answer without content.
    const begun = from.hear(broadcasts.settingsChanged.topic, tell);
    void begun.begun.then(tell);
    return begun;
  }
  return {
    onNews(hear) {
      listeners.add(hear);
      if (bus) hearing ??= begin(bus);
      return () => void listeners.delete(hear);
    },
    async stop() {
      listeners.clear();
      await hearing?.stop();
    },
  };
}
