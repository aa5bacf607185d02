// scheduler: the map; dead letters come in, reports go out on time, operators replay or discard.
import { realTime } from '@staffetta/platform/clock.ts';
import { deadLetterTopic, flowNames, flows } from '@staffetta/flow/flows.ts';
import { fixedSettings } from '@staffetta/platform/config/live-settings.ts';
import type { SettingsOf } from '@staffetta/platform/config/settings.ts';
import { createHttpServer } from '@staffetta/platform/http/server.ts';
import type { ServiceDefinition, World } from '@staffetta/platform/service.ts';
import { migrate } from '@staffetta/platform/store/migrate.ts';
import { join } from 'node:path';
import { cleanUp } from './clean-up.ts';
import { settings } from './config.ts';
import { insistOnCrons, startJobs, type Job } from './jobs.ts';
import { addMetrics } from './metrics.ts';
import { takeDeadLetters } from './on-dead-letters.ts';
import { alarmReport } from './report-alarms.ts';
import { deadLetterReport } from './report-dead-letters.ts';
import { invoiceReport } from './report-invoices.ts';
import { addRoutes } from './routes.ts';
import { writeReport } from './write-report.ts';

const crons = ['deadLetterReportCron', 'invoiceReportCron', 'alarmReportCron', 'cleanupCron'] as const;

function jobsOf(world: World, values: SettingsOf<typeof settings>): Job[] {
  const folder = values.reportDir ?? join(world.dataDir, 'reports');
  const size = (): number => values.reportPageSize;
  const keeping = () => ({ keepMs: values.keepFinishedMs, reportFolder: folder, reportKeepMs: values.reportKeepMs });
  return [
    {
      name: 'dead-letters',
      cron: () => values.deadLetterReportCron,
      run: (at) => writeReport(folder, deadLetterReport(world.store, size()), at),
    },
    {
      name: 'invoices',
      cron: () => values.invoiceReportCron,
      run: (at) => writeReport(folder, invoiceReport(world, size()), at),
    },
    {
      name: 'alarms',
      cron: () => values.alarmReportCron,
      run: (at) => writeReport(folder, alarmReport(world, size()), at),
    },
    { name: 'cleanup', cron: () => values.cleanupCron, run: () => cleanUp(world, keeping(), realTime(world.clock)) },
  ];
}

/** The service that keeps dead letters and does what is due. */
export const scheduler: ServiceDefinition<typeof settings> = {
  name: 'scheduler',
  says: 'Keeps dead letters, writes the reports, cleans up what is old.',
  settings,
  needs: ['store', 'bus'],
  async start(world, values, live = fixedSettings(values)) {
    live.derived((now) => insistOnCrons(jobsOf(world, now)));
    await migrate(world.store, 'scheduler', new URL('./migrations/', import.meta.url));
    const jobs = jobsOf(world, values);
    const server = await createHttpServer({
      service: 'scheduler',
      says: scheduler.says,
      version: world.version,
      clock: world.clock,
      log: world.log,
      metrics: world.metrics,
      hasStarted: world.hasStarted,
      bodyBytesMax: 1024 * 1024,
      health: [
        { name: 'db', essential: true, check: () => world.store.ping() },
        { name: 'bus', essential: true, check: () => world.bus.ping() },
      ],
    });
    addRoutes(server.app, world, jobs);
    addMetrics(world);
    const port = await server.listen(world.port, world.host);

    const topics = flowNames.map((flow) => deadLetterTopic(flows[flow].topic));
    await world.bus.ensureTopics(topics);
    const consumptions = await Promise.all(
      topics.map((topic) =>
        world.bus.consume({
          group: `scheduler.${topic}`,
          topic,
          handle: takeDeadLetters(world),
          batchMax: values.batchMax,
          retry: { tries: 1, delaysMs: [1000], jitter: 0.2 },
          deadLetters: false,
        }),
      ),
    );
    const running = startJobs(world, jobs);
    live.onChange(crons, () => running.plan());

    return {
      port,
      async stop() {
        await running.stop();
        await Promise.all(consumptions.map((consumption) => consumption.stop()));
        await server.close();
      },
    };
  },
};
