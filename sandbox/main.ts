// sandbox: runs it alone, on its ports and in its data directory, until a signal stops it.
import { join } from 'node:path';
import { openHubClock } from '@staffetta/platform/hub-clock.ts';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import { sandboxPorts, worldSettings } from '@staffetta/platform/config/world-settings.ts';
import { onStopSignal } from '@staffetta/platform/stop-signal.ts';
import { createLog } from '@staffetta/platform/telemetry/log.ts';
import { failuresTo } from './sandbox-log.ts';
import { startSandbox } from './sandbox.ts';
import { companyMailbox, pecWishes, sandboxSettings } from './settings.ts';

try {
  const { values } = readSettings(worldSettings, process.env);
  const own = readSettings(sandboxSettings, process.env).values;
  const clock = openHubClock(values);
  const log = createLog(values.logLevel, values.logFile);
  const sandbox = await startSandbox({
    dir: join(values.dataDir, 'sandbox'),
    smtpPort: sandboxPorts.smtp + values.portOffset,
    imapPort: sandboxPorts.imap + values.portOffset,
    pagePort: sandboxPorts.page + values.portOffset,
    host: values.host ?? '127.0.0.1',
    clock,
    pec: pecWishes(own),
    mailbox: companyMailbox(process.env),
    mailboxMax: own.sandboxMailboxMax,
    log: failuresTo((facts, event) => log.error({ service: 'sandbox', ...facts }, event)),
  });
  const { smtpPort, imapPort } = sandbox;
  process.stdout.write(
    `sandbox: SMTP on port ${smtpPort}, IMAP on port ${imapPort}, page on http://127.0.0.1:${sandbox.pagePort}/\n`,
  );
  onStopSignal({
    timeoutMs: values.stopTimeoutMs,
    onCut: (why) => log.error({ service: 'sandbox', why }, 'sandbox.cut'),
    async drain() {
      await sandbox.stop();
      clock.close();
    },
  });
} catch (error) {
  process.stderr.write(`The sandbox cannot start: ${reasonOf(error)}\n`);
  process.exitCode = 1;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isTaken = 'code' in error && error.code === 'EADDRINUSE';
  const advice = 'Is it, or the hub, running already? STAFFETTA_PORT_OFFSET=100 shifts all ports.';
  return isTaken ? `a port is taken (${error.message}). ${advice}` : error.message;
}
