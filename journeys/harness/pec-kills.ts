// journeys: kills drawn from a seed, at every step of invoices that go to SdI and of the answers that come back.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from './chance.ts';
import type { Estate, ProcessName } from './estate.ts';
import type { Flood } from './flood.ts';
import { shownMailbox } from './pec-reader.ts';
import { countEnded } from './sdi-flood.ts';
import { until } from './wait.ts';

/** How kills are made. */
export interface KillOptions {
  readonly chance: Chance;
  /** Each of them is killed at each step. */
  readonly victims: readonly ProcessName[];
  /** How many more kills, at any step of any victim. */
  readonly more: number;
  /** Told of each kill as it happens. */
  readonly say: (what: string) => void;
}

interface Kill {
  readonly victim: ProcessName;
  readonly step: Step;
  /** How far the step has to be: 0 to 1 of all invoices. */
  readonly share: number;
}

// The provider's two receipts, and SdI's notice.
const mailsPerInvoice = 3;
const downMsMax = 600;

/** How far each step is, in invoices. */
const steps = {
  accepted: async (_estate: Estate, flood: Flood) => flood.accepted(),
  mailed: async ({ sandbox }: Estate) => sandbox.countMails(),
  kept: async ({ client }: Estate) => keptMails(await shownMailbox(client)) / mailsPerInvoice,
  answered: (estate: Estate) => countEnded(estate),
} as const;
type Step = keyof typeof steps;
const stepNames = Object.keys(steps) as Step[];

function keptMails({ mails }: Awaited<ReturnType<typeof shownMailbox>>): number {
  return Object.values(mails).reduce((sum, count) => sum + count, 0);
}

function draw({ chance, victims, more }: KillOptions): Kill[] {
  const each = victims.flatMap((victim) => stepNames.map((step) => ({ victim, step, share: chance.share() })));
  const others = Array.from({ length: more }, () => ({
    victim: chance.oneOf(victims),
    step: chance.oneOf(stepNames),
    share: chance.share(),
  }));
  return [...each, ...others].toSorted((one, other) => one.share - other.share);
}

/**
 * Kills processes while a flood goes through, each at each step, and starts them again after a moment.
 * @param estate where
 * @param flood which
 * @param options who dies, and by what chance
 */
export async function killAtEveryStep(estate: Estate, flood: Flood, options: KillOptions): Promise<void> {
  const { chance, say } = options;
  for (const { victim, step, share } of draw(options)) {
    const [wanted, downMs] = [Math.floor(share * flood.ids.length), chance.between(0, downMsMax)];
    await until(
      `${wanted} invoices to be ${step}`,
      () => steps[step](estate, flood),
      (count) => count >= wanted,
      { timeoutMs: 90_000 },
    );
    say(`kill -9 of ${victim} with ${wanted} ${step}, back after ${downMs} ms`);
    await estate.process(victim).kill9();
    await sleep(downMs);
    await estate.startAgain(victim);
  }
}
