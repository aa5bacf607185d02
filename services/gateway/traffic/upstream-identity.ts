// gateway: the certificate that it shows to services behind it, and the authorities it trusts there: read anew when a file changes.
import type { HealthCheck } from '@staffetta/platform/http/health.ts';
import type { Log } from '@staffetta/platform/telemetry/log.ts';
import type { TrafficValues } from './lane.ts';
import { readUpstreamIdentity, type UpstreamIdentity } from './upstream-pool.ts';
import { watchFiles } from './watched-files.ts';

/** The identity, watched. */
export interface WatchedIdentity {
  /** Shows files that were refused. */
  readonly health: HealthCheck;
  stop(): void;
}

/**
 * Reads the files and watches them; a wrong new one is refused, and the old ones stay in force.
 * @param values the settings
 * @param log told of what was refused
 * @param use called with what was read, now and after each change
 * @throws HubError SETTING_WRONG where the files do not do at the start
 */
export function openUpstreamIdentity(
  values: TrafficValues,
  log: Log,
  use: (identity: UpstreamIdentity) => void,
): WatchedIdentity {
  const files = { ca: values.upstreamCaFile, cert: values.upstreamCertFile, key: values.upstreamKeyFile };
  let problem: string | undefined;
  use(readUpstreamIdentity(files));
  const reread = (): void => {
    try {
      use(readUpstreamIdentity(files));
      problem = undefined;
      log.info({}, 'upstream.certificatesChanged');
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
      log.error({ err: error }, 'upstream.certificatesRefused');
    }
  };
  const paths = Object.values(files).filter((path) => path !== undefined);
  return {
    health: {
      name: 'upstreamCertificates',
      essential: false,
      async check() {
        if (problem !== undefined) throw new Error(`${problem} Those of before are in force.`);
      },
    },
    stop: watchFiles(paths, values.filesCheckMs, reread),
  };
}
