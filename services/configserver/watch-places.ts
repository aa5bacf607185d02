// configserver: looks again and again whether files changed, where nobody tells: somebody saved one, or committed to a repository here.
import type { Log } from '@staffetta/platform/telemetry/log.ts';
import { repeat } from '@staffetta/platform/work/repeating.ts';
import type { Backend } from './config-files.ts';

/** Places that are watched. */
export interface WatchedPlaces {
  /** Takes what is there now for known: it was told already. */
  seen(): Promise<void>;
  stop(): Promise<void>;
}

async function stateOf(place: Backend): Promise<string | undefined> {
  try {
    return await place.state();
  } catch {
    // Health says what is wrong with it.
    return undefined;
  }
}

/**
 * Watches places.
 * @param places all of them
 * @param everyMs between two looks; 0 for none
 * @param onChange called when files of any changed since the look before
 * @param log told where a look fails altogether
 */
export function watchPlaces(
  places: readonly Backend[],
  everyMs: number,
  onChange: () => Promise<void>,
  log: Log,
): WatchedPlaces {
  const known = new Map<Backend, string>();
  async function look(): Promise<boolean> {
    const news = await Promise.all(
      places.map(async (place) => {
        const [before, now] = [known.get(place), await stateOf(place)];
        if (now !== undefined) known.set(place, now);
        return before !== undefined && now !== undefined && before !== now;
      }),
    );
    return news.includes(true);
  }
  const first = look();
  const lookAndTell = async (): Promise<void> => {
    await first;
    if (await look()) await onChange();
  };
  const timer =
    everyMs === 0 ? undefined : repeat(everyMs, lookAndTell, (error) => log.warn({ err: error }, 'settings.watch'));
  return {
    async seen() {
      await look();
    },
    async stop() {
      await first;
      await timer?.stop();
    },
  };
}
