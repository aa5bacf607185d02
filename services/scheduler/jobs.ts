// scheduler: the timed jobs; each due run is done once, by whichever scheduler takes it first.
import { HubError } from '@staffetta/flow/errors.ts';
import type { World } from '@staffetta/platform/service.ts';
import { Cron } from 'croner';
import { takeRun } from './job-runs.ts';

/** A timed job. */
export interface Job {
  readonly name: string;
  /** Gives a cron line read in Europe/Rome, or `off`. */
  cron(): string;
  /** Does it; what it gives back is logged. */
  run(at: Date): Promise<unknown>;
}

/** Jobs that run. */
export interface RunningJobs {
  /** When each job is due next. */
  next(): Readonly<Record<string, string | null>>;
  /** Plans them anew, after cron lines changed; runs in hand end. */
  plan(): void;
  /** No further run starts; the one in hand ends. */
  stop(): Promise<void>;
}

/**
 * Runs a job now and logs what came of it; an error is logged and never thrown (the next run tries again).
 */
async function runOnce(world: World, job: Job, slot: Date): Promise<void> {
  try {
    if (!(await takeRun(world.store, job.name, slot))) return;
    const result = await job.run(world.clock.now());
    world.log.info({ job: job.name, result }, 'job.done');
  } catch (error) {
    world.log.error({ err: error, job: job.name }, 'job.failed');
  }
}

function cronOf(job: Job, work: (slot: Date) => Promise<void>): Cron {
  try {
    // Overrun protection: a slow run is not overtaken by the next one of the same process.
    return new Cron(job.cron(), { timezone: 'Europe/Rome', protect: true }, (self) =>
      work(self.currentRun() ?? new Date()),
    );
  } catch (error) {
    throw new HubError('SETTING_WRONG', `The cron line of the job ${job.name} cannot be read: ${job.cron()}.`, error);
  }
}

/**
 * Insists on cron lines that can be read.
 * @param jobs whose
 * @throws HubError SETTING_WRONG
 */
export function insistOnCrons(jobs: readonly Job[]): void {
  for (const job of planned(jobs)) cronOf(job, async () => undefined).stop();
}

function planned(jobs: readonly Job[]): readonly Job[] {
  return jobs.filter((job) => job.cron() !== 'off');
}

/**
 * Starts the jobs.
 * @param world clock, logs and the table of runs
 * @param jobs name, cron and work
 * @throws HubError SETTING_WRONG for a cron line that cannot be read
 */
export function startJobs(world: World, jobs: readonly Job[]): RunningJobs {
  const inHand = new Set<Promise<void>>();
  const plan = () =>
    planned(jobs).map((job) => {
      const cron = cronOf(job, async (due) => {
        // All schedulers must name the same slot, though each wakes some milliseconds after it.
        const slot = new Date(Math.floor(due.getTime() / 1000) * 1000);
        const run = runOnce(world, job, slot);
        inHand.add(run);
        await run;
        inHand.delete(run);
      });
      return { job, cron };
    });
  let crons = plan();
  const halt = (): void => {
    for (const { cron } of crons) cron.stop();
  };
  return {
    next: () => Object.fromEntries(crons.map(({ job, cron }) => [job.name, cron.nextRun()?.toISOString() ?? null])),
    plan() {
      halt();
      crons = plan();
    },
    async stop() {
      halt();
      await Promise.all(inHand);
    },
  };
}
