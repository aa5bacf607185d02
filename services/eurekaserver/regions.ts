// eurekaserver: the registries of other regions, each a copy that is kept fresh, for readers who ask for them.
import { HubError } from '@staffetta/flow/errors.ts';
import type { Instance } from '@staffetta/platform/discovery/instance.ts';
import { watchRegistry, type RegistryWatch } from '@staffetta/platform/discovery/registry-watch.ts';
import { isHttpUrl } from '@staffetta/platform/http/url-login.ts';
import type { Log } from '@staffetta/platform/telemetry/log.ts';

/** Other regions. */
export interface Regions {
  /**
   * What runs in some regions.
   * @param names comma separated, as in `?regions=`; names that are not known give nothing
   */
  instancesOf(names: string): readonly Instance[];
  stop(): Promise<void>;
}

function entryOf(text: string): readonly [string, string] {
  const place = text.indexOf('=');
  const [name, url] = [text.slice(0, place).trim(), text.slice(place + 1).trim()];
  if (place > 0 && isHttpUrl(url)) return [name, url];
  const words = 'EUREKA_SERVER_REMOTE_REGION_URLS_WITH_NAME: write name=http://host:8761/eureka, comma separated.';
  throw new HubError('SETTING_WRONG', words);
}

/**
 * Begins to watch other regions.
 * @param entries `name=url`; a name may come again, for another server of the same region
 * @param everyMs between two questions for changes
 * @throws HubError SETTING_WRONG for an entry of another form
 */
export function watchRegions(entries: readonly string[], everyMs: number, log: Log): Regions {
  const urls = Map.groupBy(entries.map(entryOf), ([name]) => name);
  const watches = new Map<string, RegistryWatch>();
  for (const [name, pairs] of urls) {
    const serverUrls = pairs.map(([, url]) => url);
    // What a region shows is what its servers show, no more.
    watches.set(name, watchRegistry({ serverUrls, everyMs, holdMs: 0, log: log.child({ region: name }) }));
  }
  return {
    instancesOf: (names) => {
      const wanted = new Set(names.split(',').map((name) => name.trim()));
      return [...wanted].flatMap((name) => watches.get(name)?.all() ?? []);
    },
    async stop() {
      await Promise.all([...watches.values()].map((watch) => watch.stop()));
    },
  };
}
