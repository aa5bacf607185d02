// configserver: starts it for a test, on a folder of its own, and asks it byte for byte.
import { systemClock } from '@staffetta/platform/clock.ts';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import type { World } from '@staffetta/platform/service.ts';
import { createLog } from '@staffetta/platform/telemetry/log.ts';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import * as http from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { settings } from './config.ts';
import { configserver } from './configserver.ts';

/** An answer of `/{app}/{profile}`. */
export interface Answer {
  readonly name: string;
  readonly profiles: string[];
  readonly label: string | null;
  readonly version: string | null;
  readonly state: string | null;
  readonly propertySources: { readonly name: string; readonly source: Record<string, unknown> }[];
}

/** How a request differs from a plain GET. */
export interface Ask {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A folder for a test that goes with it. */
export async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'staffetta-config-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes files, with the folders they lie in. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, words] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), words);
  }
}

/** How a server is started. */
export interface Start {
  readonly dataDir: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly profile?: 'dev' | 'production';
  readonly world?: Partial<World>;
}

/** Starts a server; it stops with the test. */
export async function startOn(t: TestContext, { dataDir, environment = {}, profile = 'dev', world: more = {} }: Start) {
  const world = {
    profile,
    clock: systemClock,
    log: createLog('silent'),
    host: '127.0.0.1',
    port: 0,
    callerSecret: '',
    trustDirectCalls: profile === 'dev',
    dataDir,
    addressOf: () => '',
    version: '0.0.0',
    ...more,
  } as unknown as World;
  const running = await configserver.start(world, readSettings(settings, environment).values);
  t.after(() => running.stop());
  const { port } = running;
  const ask = async (path: string, { method = 'GET', headers = {}, body }: Ask = {}) => {
    // A client of node:http sends paths as they are; others take the dots out.
    const request = http.request({ host: '127.0.0.1', port, path, method, headers });
    request.end(body);
    const [answer] = (await once(request, 'response')) as [http.IncomingMessage];
    return { status: answer.statusCode, type: String(answer.headers['content-type']), text: await text(answer) };
  };
  const settingsOf = async (path: string, headers: Record<string, string> = {}) =>
    JSON.parse((await ask(path, { headers })).text) as Answer;
  return { url: `http://127.0.0.1:${port}`, ask, get: ask, settingsOf };
}

/** Starts a server on a folder with files; beside the folder lies a file that nobody may reach. */
export async function serve(
  t: TestContext,
  files: Readonly<Record<string, string>> | undefined,
  environment: Readonly<Record<string, string>> = {},
) {
  const dataDir = await folderFor(t);
  const folder = join(dataDir, 'config');
  await writeFile(join(dataDir, 'secret.yml'), 'secret: outside');
  if (files) await mkdir(folder);
  await writeFiles(folder, files ?? {});
  return { folder, dataDir, ...(await startOn(t, { dataDir, environment })) };
}
