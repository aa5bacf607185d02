// gateway: the book of routes in force: made of the settings and of a file, anew when one of them changes; a wrong one is refused.
import { HubError } from '@staffetta/flow/errors.ts';
import type { LiveSettings } from '@staffetta/platform/config/live-settings.ts';
import type { HealthCheck } from '@staffetta/platform/http/health.ts';
import type { Log } from '@staffetta/platform/telemetry/log.ts';
import { readFileSync } from 'node:fs';
import type { TrafficValues } from './lane.ts';
import { makeRouteBook, type RouteBook } from './route-book.ts';
import { readRoutes, type ReadRow } from './route-text.ts';
import type { trafficSettings } from './traffic-settings.ts';
import { watchFiles } from './watched-files.ts';

/** The book in force. */
export interface OwnRoutes {
  readonly book: () => RouteBook;
  /** Shows a file that was refused. */
  readonly health: HealthCheck;
  stop(): void;
}

function rowsOfFile(path: string | undefined): readonly ReadRow[] {
  if (path === undefined) return [];
  const source = `GATEWAY_ROUTES_FILE=${path}`;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new HubError('SETTING_WRONG', `${source}: the file cannot be read.`, error);
  }
  return readRoutes(text, source);
}

function makeBook(values: TrafficValues, fileRows: readonly ReadRow[]): RouteBook {
  return makeRouteBook(values, [...fileRows, ...readRoutes(values.routes ?? '', 'GATEWAY_ROUTES')]);
}

/**
 * Opens the book.
 * @param live the settings; a change that makes no good book is refused as a whole
 * @param log told of a file that was refused
 * @param onChange called when another book came into force; it must not throw
 * @throws HubError SETTING_WRONG with the line, the row and the field
 */
export function openOwnRoutes(live: LiveSettings<typeof trafficSettings>, log: Log, onChange: () => void): OwnRoutes {
  const { routesFile, filesCheckMs } = live.values;
  let fileRows = rowsOfFile(routesFile);
  let problem: string | undefined;
  let fromFile: { readonly of: RouteBook; readonly book: RouteBook } | undefined;
  const derived = live.derived((values: TrafficValues) => makeBook(values, fileRows));
  const reread = (): void => {
    try {
      const rows = rowsOfFile(routesFile);
      const book = makeBook(live.values, rows);
      fileRows = rows;
      fromFile = { of: derived(), book };
      problem = undefined;
      log.info({ routes: book.routes.length, tunings: book.tunings.length }, 'routes.changed');
      onChange();
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
      log.error({ err: error }, 'routes.refused');
    }
  };
  const unwatch = watchFiles(routesFile === undefined ? [] : [routesFile], filesCheckMs, reread);
  const names = ['routes', 'responseTimeoutMs', 'tryTimeoutMs', 'bodyBytesMax', 'retries'] as const;
  const bounds = ['breakerWindow', 'breakerFailureShare', 'breakerOpenMs', 'breakerTrials'] as const;
  const forget = live.onChange([...names, ...bounds, 'inFlightMax', 'queueMax', 'queueWaitMs'], onChange);
  return {
    // A change of the settings makes a book of both, the file's newest rows among them.
    book: () => (fromFile?.of === derived() ? fromFile.book : derived()),
    health: {
      name: 'routes',
      essential: false,
      async check() {
        if (problem !== undefined) throw new Error(`${problem} The routes of before are in force.`);
      },
    },
    stop() {
      unwatch();
      forget();
    },
  };
}
