// scheduler: asks the dbmanager for a piece of a report, as the platform's own caller.
import { HubError } from '@staffetta/flow/errors.ts';
import { realTime } from '@staffetta/platform/clock.ts';
import { callerHeader, signCaller } from '@staffetta/platform/http/caller.ts';
import type { World } from '@staffetta/platform/service.ts';
import { calling } from '@staffetta/platform/telemetry/call-spans.ts';
import { request } from 'undici';

/**
 * Asks for a piece of a report.
 * @param world the dbmanager's address and who we are
 * @param path the report's path with its query
 * @returns the rows, as the dbmanager gives them
 * @throws HubError SERVICE_AWAY where it does not give them
 */
export async function askReport<T>(world: World, path: string): Promise<T[]> {
  const url = `${world.addressOf('dbmanager')}${path}`;
  const caller = signCaller(world.callerSecret, { name: 'scheduler', roles: ['ARUBA'] }, realTime(world.clock));
  try {
    const [route = ''] = path.split('?');
    const answer = await calling({ service: 'scheduler', to: 'dbmanager', method: 'GET', route }, (trace) =>
      request(url, {
        headers: { ...trace, [callerHeader]: caller, accept: 'application/json' },
        headersTimeout: 30_000,
        bodyTimeout: 30_000,
      }),
    );
    const body = (await answer.body.json()) as { content: T[]; errorMessage?: string };
    if (answer.statusCode === 200) return body.content;
    throw new Error(`HTTP ${answer.statusCode}: ${body.errorMessage ?? ''}`);
  } catch (error) {
    throw new HubError('SERVICE_AWAY', `The dbmanager did not give its report (${url}).`, error);
  }
}
