// journeys: accidents drawn from a seed, one after the other, while invoices flow; and the settling after them.
import { serviceNames } from '@staffetta/flow/services.ts';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from './chance.ts';
import type { Estate, ProcessName } from './estate.ts';
import { killRepeatsMax, startFlood, untilAccepted, untilAllWell, type Flood } from './flood.ts';
import { goodOutcomes } from './outcomes.ts';
import { until, type Patience } from './wait.ts';

/** What happens in a time of chaos. */
export interface Chaos {
  readonly chance: Chance;
  /** No flood begins after so many minutes. */
  readonly minutes: number;
  /** Told of each accident as it happens. */
  readonly say: (accident: string) => void;
}

const accidentsPerRoundMax = 4;
const outageMsMax = 2000;
// The sandbox keeps its newest 20,000 callbacks, and a refused one comes up to four times: so many are reckoned up before it forgets.
const invoicesPerReckoning = 1500;
// All that was accepted may still be on its way when the last accident is over.
const settling: Patience = { timeoutMs: 300_000 };

/** How the world outside is now. */
interface Weather {
  mailAway: boolean;
  callbacksRefused: boolean;
}

/**
 * Floods an estate, round after round, while its processes are killed or stopped, its mail server goes and comes, and callbacks
 * are refused; every now and then, and at the end, mends everything and reckons up the floods.
 * @throws Error with what is lost, doubled or set aside for another reason than refused callbacks
 */
export async function surviveChaos(estate: Estate, chaos: Chaos): Promise<void> {
  const end = performance.now() + chaos.minutes * 60_000;
  while (performance.now() < end) {
    const floods: Flood[] = [];
    const weather: Weather = { mailAway: false, callbacksRefused: false };
    let posted = 0;
    let mailAccidents = 0;
    while (posted < invoicesPerReckoning && performance.now() < end) {
      const flood = startFlood(estate, { count: chaos.chance.between(20, 80) });
      chaos.say(`${flood.story}: ${flood.ids.length} invoices`);
      mailAccidents += await accidentsDuring(flood, estate, chaos, weather);
      floods.push(flood);
      posted += flood.ids.length;
    }
    await changeWorld(estate, { mailAway: false, callbacksRefused: false });
    chaos.say(`all is mended; ${posted} invoices are reckoned up`);
    for (const flood of floods) await untilToldOrReplayed(estate, flood, chaos.say);
    for (const flood of floods) {
      await untilAllWell(estate, flood, { repeatsMax: mailAccidents * killRepeatsMax }, settling);
    }
  }
}

/** One to four accidents while a flood comes in; gives how many of them may have repeated mails. */
async function accidentsDuring(flood: Flood, estate: Estate, chaos: Chaos, weather: Weather): Promise<number> {
  let mailAccidents = 0;
  for (let left = chaos.chance.between(1, accidentsPerRoundMax); left > 0; left -= 1) {
    await untilAccepted(flood, Math.floor(flood.ids.length * chaos.chance.share()));
    if (await accident(estate, chaos, weather)) mailAccidents += 1;
  }
  await flood.done;
  return mailAccidents;
}

/** One accident, which changes the weather or ends processes for a while; true when a mail may be repeated for it. */
async function accident(estate: Estate, { chance, say }: Chaos, weather: Weather): Promise<boolean> {
  const what = chance.oneOf([
    'kill',
    'kill',
    'kill',
    'stop',
    'stop',
    'mail',
    'mail',
    'callbacks',
    'callbacks',
  ] as const);
  // Drawn for each kind, used or not, so that what comes next does not hang on the kind.
  const [names, outageMs, isBad] = [victims(estate, chance), chance.between(0, outageMsMax), chance.share() < 0.6];
  if (what === 'mail' || what === 'callbacks') {
    say(`${what} ${isBad ? 'fail' : 'go well'} from now on, ${outageMs} ms at least`);
    if (what === 'mail') weather.mailAway = isBad;
    else weather.callbacksRefused = isBad;
    await changeWorld(estate, weather);
    await sleep(outageMs);
    return what === 'mail' && isBad;
  }
  say(`${what} ${names.join(', ')}, back after ${outageMs} ms`);
  await Promise.all(names.map((name) => end(estate, name, what)));
  await sleep(outageMs);
  await startTogether(estate, names);
  // A sandbox that lives in the hub forgot how it was told to behave.
  await changeWorld(estate, weather);
  return what === 'kill' && names.some((name) => name === 'hub' || name === 'sender');
}

/** Makes the world outside as it is to be. */
async function changeWorld({ sandbox }: Estate, { mailAway, callbacksRefused }: Weather): Promise<void> {
  await sandbox.misbehaveSmtp({ down: mailAway });
  await (callbacksRefused ? sandbox.misbehaveCallbacks({ path: '*', status: 500 }) : sandbox.behaveCallbacks());
}

/** Up to three of an estate's processes; never a sandbox of its own, which stands for the world outside. */
function victims(estate: Estate, chance: Chance): ProcessName[] {
  if (estate.processes.has('hub')) return ['hub'];
  const drawn = Array.from({ length: chance.between(1, 3) }, () => chance.oneOf(serviceNames));
  return [...new Set(drawn)];
}

async function end(estate: Estate, name: ProcessName, how: 'kill' | 'stop'): Promise<void> {
  if (how === 'kill') await estate.process(name).kill9();
  else assert.equal(await estate.process(name).stop(), 0, `${name} is stopped and exits 0`);
}

/** All at once, since one may be ready only when another is. */
async function startTogether(estate: Estate, names: readonly ProcessName[]): Promise<void> {
  await Promise.all(names.map((name) => estate.process(name).start()));
  const all = new Set([...names, estate.processOf('gatewayserver').name]);
  await Promise.all([...all].map((name) => estate.process(name).untilReady()));
}

/** Replays what was set aside for refused callbacks, until each outcome of a flood is told and nothing is set aside any more. */
async function untilToldOrReplayed(estate: Estate, flood: Flood, say: Chaos['say']): Promise<void> {
  const wanted = flood.ids.length * goodOutcomes.length;
  const look = async () => {
    const told = await estate.sandbox.callbacks({ path: `/${flood.story}`, answered: 200 });
    const replayed = await replayCallbacks(estate);
    if (replayed > 0) say(`${replayed} callbacks replayed`);
    const open = await estate.client.deadLetters({ state: 'open' });
    return { told: new Set(told.map(({ webhookId }) => webhookId)).size, wanted, open };
  };
  await until(`${flood.story} to be told`, look, ({ told, open }) => told >= wanted && open.length === 0, settling);
}

/** Replays the open dead letters of callbacks; what was set aside for another reason stays and is told by who waits. */
async function replayCallbacks({ client }: Estate): Promise<number> {
  const open = await client.deadLetters({ state: 'open' });
  const mine = open.filter(({ errorCode }) => errorCode === 'CALLBACK_FAILED');
  for (const { deadLetterId } of mine) {
    const { status, text } = await client.replay(deadLetterId);
    assert.equal(status, 200, `the replay of ${deadLetterId} was answered ${status}: ${text}`);
  }
  return mine.length;
}
