// hub: the entry of `npm start`: the whole hub, or one service alone where its name is given.
import { HubError } from '@staffetta/flow/errors.ts';
import { services, serviceNames } from '@staffetta/flow/services.ts';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import { signerSources } from '@staffetta/platform/config/signer-sources.ts';
import { serviceOfWord, worldSettings } from '@staffetta/platform/config/world-settings.ts';
import { explainFailedStart, runAlone } from '@staffetta/platform/run-alone.ts';
import { onStopSignal } from '@staffetta/platform/stop-signal.ts';
import { resolve } from 'node:path';
import { banner } from './banner.ts';
import { startHub } from './hub.ts';
import { loadService } from './services.ts';
import { settings } from './settings.ts';

/** Lines for the terminal: what is told during the start comes below the banner, where it is seen. */
function terminal(): { readonly tell: (line: string) => void; readonly show: (banner: string) => void } {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  let early: string[] | undefined = [];
  return {
    tell: (line) => (early ? void early.push(line) : print(line)),
    show: (text) => {
      print(text);
      for (const line of early ?? []) print(line);
      early = undefined;
    },
  };
}

async function startAll(): Promise<void> {
  const { tell, show } = terminal();
  const world = readSettings(worldSettings, process.env).values;
  const hub = await startHub({
    world: { ...world, dataDir: resolve(world.dataDir) },
    hub: readSettings(settings, process.env).values,
    environment: process.env,
    onWait: (what) => process.stdout.write(`${what}\n`),
    tell,
  });
  const keys = Object.values(readSettings(signerSources, process.env).values);
  const trialKey = world.profile === 'dev' && keys.every((place) => place === undefined);
  const facts = { profile: world.profile, dataDir: world.dataDir, portOffset: world.portOffset, trialKey };
  const startedInMs = performance.now();
  show(banner(hub, { ...facts, startedInMs, smtpUrl: process.env['SMTP_URL'] }));
  onStopSignal({
    timeoutMs: world.stopTimeoutMs,
    onCut(why) {
      hub.log.error({ why }, 'hub.cut');
      process.stdout.write(`Cut: ${why}. Nothing that was answered 202 is lost; npm start carries on.\n`);
    },
    async drain() {
      process.stdout.write('Stopping: what is in hand ends first…\n');
      await hub.stop();
      process.stdout.write('Stopped. Nothing is lost; npm start carries on.\n');
    },
  });
}

async function start(word: string | undefined): Promise<void> {
  if (word === undefined) return startAll();
  // The sandbox runs by itself where the services run apart; importing it starts it.
  if (word === 'sandbox') return void (await import('@staffetta/sandbox/main.ts'));
  const name = serviceOfWord(word);
  if (!name) {
    const known = serviceNames.map((service) => services[service].folder).join(', ');
    throw new HubError(
      'SETTING_WRONG',
      `There is no service ${JSON.stringify(word)}; the services are ${known} (and sandbox).`,
    );
  }
  return runAlone(await loadService(name));
}

try {
  await start(process.argv[2]);
} catch (error) {
  process.stderr.write(`${explainFailedStart(error)}\n`);
  process.exit(1);
}
