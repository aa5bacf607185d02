// hub: `admin-link`: a new one-time link that makes an administrator's key; it goes by the database, so only whoever has the machine can.
import { prepareGatewayTables } from '@staffetta/gateway/identity/keys/open-kept-keys.ts';
import { keySettings } from '@staffetta/gateway/identity/keys/key-settings.ts';
import { linkOf, makeLink } from '@staffetta/gateway/identity/keys/welcome.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { services } from '@staffetta/flow/services.ts';
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import { worldSettings } from '@staffetta/platform/config/world-settings.ts';
import { findRunningPostgres } from '@staffetta/platform/store/embedded-postgres.ts';
import { openStore } from '@staffetta/platform/store/store.ts';
import { hostname, userInfo } from 'node:os';
import { resolve } from 'node:path';
import { CliError } from './cli-error.ts';
import { readLocalCommand } from './local-command.ts';

const noDatabase = (dataDir: string) => ({
  it: `Nessun database: avviare Staffetta (npm start) sulla cartella ${dataDir}, oppure indicare DATABASE_URL.`,
  en: `There is no database: start the hub (npm start) on the folder ${dataDir}, or set DATABASE_URL.`,
});
const usage = { it: 'admin-link non vuole altre parole.', en: 'admin-link takes no other words.' };

/** Who asked, for the audit: a container may have no name for its user. */
function asker(): string {
  const user = ((): string => {
    try {
      return userInfo().username;
    } catch {
      return `user ${process.getuid?.() ?? '?'}`;
    }
  })();
  return `${user} on ${hostname()}`.slice(0, 100);
}

/** Where browsers reach the gateway, as far as this machine's environment says. */
function gatewayBase(portOffset: number): string {
  const given = process.env['GATEWAY_PUBLIC_URL'] || process.env['STAFFETTA_GATEWAY'];
  const scheme = process.env['GATEWAY_TLS_CERT'] ? 'https' : 'http';
  return (given || `${scheme}://127.0.0.1:${services.gatewayserver.port + portOffset}`).replace(/\/+$/, '');
}

async function newLink(databaseUrl: string): Promise<{ readonly code: string; readonly expiresAt: Date }> {
  const store = openStore(databaseUrl, { name: 'staffetta admin-link', connectionsMax: 2 });
  try {
    await prepareGatewayTables(store);
    const { adminLinkMs } = readSettings(keySettings, process.env).values;
    const link = await makeLink(store, { kind: 'asked', by: asker(), now: new Date(), validMs: adminLinkMs });
    if (!link) throw new Error('a link that was asked for is always made');
    return link;
  } finally {
    await store.close();
  }
}

/**
 * Runs the command.
 * @param args `--lang` and nothing else
 * @returns the exit code
 * @throws CliError where there is no database, or it does not answer
 */
export async function adminLink(args: string[]): Promise<number> {
  const { words, lang } = readLocalCommand(args, {});
  if (words.length > 0) throw new CliError(usage, lang);
  const world = readSettings(worldSettings, process.env).values;
  const databaseUrl = world.databaseUrl ?? (await findRunningPostgres(resolve(world.dataDir)));
  if (databaseUrl === undefined) throw new CliError(noDatabase(world.dataDir), lang);
  try {
    const { code, expiresAt } = await newLink(databaseUrl);
    const until = toRomeWallTime(expiresAt).slice(0, 16).replace('T', ' ');
    const says = { it: `Vale una volta sola, fino al ${until}:`, en: `Good for one use, until ${until}:` };
    process.stdout.write(`${says[lang]}\n${linkOf(gatewayBase(world.portOffset), code)}\n`);
    return 0;
  } catch (error) {
    if (error instanceof HubError) throw new CliError(`${error.message} ${error.help}`);
    throw error;
  }
}
