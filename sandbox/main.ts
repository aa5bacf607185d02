// sandbox: runs it alone, on its ports and in its data directory, until a signal stops it.
import { join } from 'node:path';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import { sandboxPorts, worldSettings } from '@staffetta/platform/config/world-settings.ts';
import { onStopSignal } from '@staffetta/platform/stop-signal.ts';
import { startSandbox } from './sandbox.ts';

try {
  const { values } = readSettings(worldSettings, process.env);
  const sandbox = await startSandbox({
    dir: join(values.dataDir, 'sandbox'),
    smtpPort: sandboxPorts.smtp + values.portOffset,
    pagePort: sandboxPorts.page + values.portOffset,
    host: values.host ?? '127.0.0.1',
  });
  process.stdout.write(`sandbox: SMTP on port ${sandbox.smtpPort}, page on http://127.0.0.1:${sandbox.pagePort}/\n`);
  onStopSignal(() => sandbox.stop());
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
