// hub: what a newcomer reads when the hub is ready: what runs where, and what to try next.
import { services, serviceNames } from '@staffetta/flow/services.ts';
import { version } from '@staffetta/platform/world.ts';
import type { Hub } from './hub.ts';

function line(name: string, what: string): string {
  return `  ${name.padEnd(14)}${what}`;
}

function hideSecrets(url: string): string {
  const shown = new URL(url);
  if (shown.password) shown.password = '***';
  return shown.href;
}

function databaseLine(hub: Hub, dataDir: string): string {
  if (!hub.database.own) return line('database', hideSecrets(hub.database.url));
  const port = new URL(hub.database.url).port;
  const found = hub.database.adopted ? ', found running' : '';
  return line('database', `its own PostgreSQL on port ${port} in ${dataDir}/postgres${found}`);
}

/** What goes out for real is not what a newcomer is sent to try. */
function nextSteps({
  profile,
  smtpUrl,
  portOffset,
}: {
  profile: string;
  smtpUrl?: string | undefined;
  portOffset: number;
}) {
  const staffetta = `${portOffset > 0 ? `STAFFETTA_PORT_OFFSET=${portOffset} ` : ''}npm run staffetta --`;
  if (profile === 'dev' && !smtpUrl) {
    return ['Try this in another terminal:', `  ${staffetta} send examples --customer 2`];
  }
  return [
    'What is sent from here really goes out. Is a file right? In another terminal, without sending it:',
    `  ${staffetta} check fattura.xml`,
  ];
}

/**
 * Writes the banner.
 * @param hub the running hub
 * @param facts the profile, the data folder as the user wrote it, milliseconds since the start, what the environment switched to real,
 *   whether the signer signs with a key of its own making
 * @returns lines for the terminal
 */
export function banner(
  hub: Hub,
  facts: {
    profile: string;
    dataDir: string;
    startedInMs: number;
    smtpUrl?: string | undefined;
    portOffset: number;
    trialKey: boolean;
  },
): string {
  const lines = [`Staffetta ${version} runs (profile ${facts.profile}).`, ''];
  for (const name of serviceNames) {
    lines.push(line(name, `http://127.0.0.1:${hub.ports[name]}`.padEnd(26) + services[name].owns));
  }
  lines.push('', databaseLine(hub, facts.dataDir));
  lines.push(line('bus', hub.bus === 'kafka' ? 'Kafka' : 'in the database'));
  if (facts.smtpUrl) lines.push(line('mail goes to', hideSecrets(facts.smtpUrl)));
  if (facts.trialKey) {
    lines.push(line('signs with', `a trial key in ${facts.dataDir}/signer; SdI accepts no such signature`));
  }
  if (hub.sandbox) {
    const page = `http://127.0.0.1:${hub.sandbox.pagePort}`;
    lines.push(line('sandbox', `${page}  shows the mails (SMTP ${hub.sandbox.smtpPort}) and the callbacks`));
    const plays = hub.sandbox.isSdi ? 'it answers as a PEC provider and SdI do; ' : '';
    lines.push(line('', `${plays}mailboxes by IMAP on port ${hub.sandbox.imapPort}, any password`));
  }
  lines.push(line('logs', hub.logFile));
  const [ready, command] = nextSteps(facts);
  lines.push('', `Ready in ${(facts.startedInMs / 1000).toFixed(1)} s. ${ready}`, `${command}`);
  lines.push('Ctrl-C stops it; starting again carries on where it was.');
  return lines.join('\n');
}
