// configserver: the places with settings files, and which of them speaks for a service.
import type { SettingsOf } from '@staffetta/platform/config/settings.ts';
import type { Log } from '@staffetta/platform/telemetry/log.ts';
import { join } from 'node:path';
import type { settings } from './config.ts';
import type { Backend } from './config-files.ts';
import { openFolder } from './folder-backend.ts';
import { readPlaces } from './further-places.ts';
import { openRepository } from './git-backend.ts';

/** Whether a text names a repository, and no folder of files. */
export function isRepository(text: string): boolean {
  return /^(?:https?|ssh|git|file):\/\/|^[\w.-]+@[\w.-]+:|\.git\/?$/i.test(text);
}

function fits(pattern: string, app: string, profile: string): boolean {
  const whole = pattern.includes('/') ? pattern : `${pattern}/*`;
  const parts = whole.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(`${app}/${profile}`);
}

/** All places. */
export interface Backends {
  readonly all: readonly Backend[];
  /** The place that speaks for services and profiles. */
  of(apps: readonly string[], profiles: readonly string[]): Backend;
  refresh(): Promise<void>;
  stop(): Promise<void>;
}

interface PlaceOf {
  readonly name: string;
  readonly uri: string;
  readonly isNamed: boolean;
  readonly searchPaths: readonly string[];
  readonly defaultLabel: string | undefined;
}

/**
 * Opens the places that the settings name.
 * @param values the settings
 * @param dataDir the data folder: the folder `config` by default, and mirrors of repositories
 * @param log told when a remote repository is away, and back
 * @throws HubError SETTING_WRONG
 */
export function openBackends(values: SettingsOf<typeof settings>, dataDir: string, log: Log): Backends {
  const open = ({ uri, isNamed, ...place }: PlaceOf): Backend => {
    if (!isRepository(uri)) return openFolder({ folder: uri, bytesMax: values.fileBytesMax, isNamed, ...place });
    return openRepository({
      ...place,
      uri,
      mirrorsFolder: join(dataDir, 'config-repositories'),
      refreshMs: values.refreshMs,
      timeoutMs: values.gitTimeoutMs,
      fileBytesMax: values.fileBytesMax,
      log,
    });
  };
  const { backend, searchPaths, defaultLabel } = values;
  const uri = backend ?? join(dataDir, 'config');
  const places = readPlaces(values.repositories);
  const name = isRepository(uri) ? 'repository' : 'folder';
  const usual = open({ name, uri, isNamed: backend !== undefined, searchPaths, defaultLabel });
  const further = places.map(({ patterns, ...place }) => ({
    patterns,
    backend: open({ ...place, isNamed: true, defaultLabel: place.defaultLabel ?? defaultLabel }),
  }));
  const all = [usual, ...further.map((one) => one.backend)];
  return {
    all,
    of(apps, profiles) {
      const pairs = apps.flatMap((app) => profiles.map((profile) => [app, profile] as const));
      const found = further.find(({ patterns }) =>
        patterns.some((pattern) => pairs.some(([app, profile]) => fits(pattern, app, profile))),
      );
      return found?.backend ?? usual;
    },
    async refresh() {
      await Promise.all(all.map((one) => one.refresh()));
    },
    async stop() {
      await Promise.all(all.map((one) => one.stop()));
    },
  };
}
