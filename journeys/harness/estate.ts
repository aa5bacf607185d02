// journeys: an estate: a hub in one process, or each of its services in a process of its own, on ports and data of its own.
import { serviceNames, services, type ServiceName } from '@staffetta/flow/services.ts';
import { sandboxPorts } from '@staffetta/platform/config/world-settings.ts';
import { findRunningPostgres } from '@staffetta/platform/store/embedded-postgres.ts';
import { removeFolder } from '@staffetta/tools/servers/child.ts';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HubClient } from './client.ts';
import { HubProcess } from './hub-process.ts';
import { sandboxMailbox, type Mailbox } from './mailbox.ts';
import { freePortOffset } from './ports.ts';
import { SandboxClient } from './sandbox-client.ts';
import { explainWith } from './wait.ts';

/** The name of a process: `hub`, a service's name, or that of a second instance (`receiver 2`). */
export type ProcessName = string;

/** What an estate is made of. */
export interface EstateOptions {
  /** One process for all services, or one for each. */
  readonly shape: 'hub' | 'split';
  /** Settings by their environment names, over those that suit a test. */
  readonly settings?: Readonly<Record<string, string>>;
  /** SdI's mailbox, where it is not the sandbox's. */
  readonly mailbox?: Mailbox;
  /** What goes with the estate: a database, for example. */
  readonly alsoEnds?: () => Promise<void>;
  /** Starts its processes; by default all at once. */
  readonly startBy?: (processes: ReadonlyMap<ProcessName, HubProcess>) => Promise<void>;
}

// Short waits, so that a story of failures takes seconds; what a story is about, it sets itself.
const quick: Readonly<Record<string, string>> = {
  CALLBACK_SCHEDULE: '0,150ms,300ms,600ms',
  CALLBACK_JITTER: '0.1',
  CALLBACK_TIMEOUT: '3s',
  CALLBACK_POLL: '50ms',
  CALLBACK_BREAKER_OPEN: '200ms',
  RECEIVER_WAITER_CHECK: '100ms',
  MAIL_RETRY_DELAYS: '200ms,400ms,800ms',
  MAIL_UNSURE_WAIT: '0s',
  DBMANAGER_RETRY_DELAYS: '100ms,300ms,1s',
  GATEWAY_BREAKER_OPEN: '500ms',
  KAFKA_SESSION_TIMEOUT: '6s',
  DEAD_LETTER_REPORT_CRON: 'off',
  INVOICE_REPORT_CRON: 'off',
  CLEANUP_CRON: 'off',
  ALARM_REPORT_CRON: 'off',
  DEADLINE_CHECK: '1s',
  LOG_LEVEL: 'info',
  // What becomes of a mail at SdI is a story of its own.
  STAFFETTA_SANDBOX_SDI: 'false',
};

/** What everybody must know the address of. */
const foundation: readonly ServiceName[] = ['configserver', 'eurekaserver'];

/** A running estate. */
export class Estate {
  readonly client: HubClient;
  readonly sandbox: SandboxClient;
  readonly mailbox: Mailbox;
  readonly folder: string;
  readonly processes = new Map<ProcessName, HubProcess>();
  readonly #options: EstateOptions;
  readonly #offset: number;
  readonly #forget: () => void;

  private constructor(options: EstateOptions, folder: string, offset: number) {
    this.#options = options;
    this.#offset = offset;
    this.folder = folder;
    this.client = new HubClient(offset);
    this.sandbox = new SandboxClient(`http://127.0.0.1:${sandboxPorts.page + offset}`);
    this.mailbox = options.mailbox ?? sandboxMailbox(this.sandbox);
    this.#forget = explainWith(() => this.tail());
  }

  /**
   * Starts an estate and waits until it is ready.
   * @throws Error with the ends of the logs when it does not come up
   */
  static async start(options: EstateOptions): Promise<Estate> {
    for (let tries = 1; ; tries += 1) {
      const folder = await mkdtemp(join(tmpdir(), 'staffetta-journey-'));
      const estate = new Estate(options, folder, await freePortOffset());
      try {
        await estate.#begin();
        return estate;
      } catch (error) {
        await estate.#end();
        // Another test may have taken a port between our look and the start.
        if (tries < 3 && /port is taken|EADDRINUSE/.test(String(error))) continue;
        await options.alsoEnds?.();
        throw error;
      }
    }
  }

  /** The company's mailbox by IMAP, with its login. */
  get mailboxUrl(): string {
    return this.#options.settings?.['IMAP_URL'] ?? ownMailboxAt(this.#offset);
  }

  /** The data folder that all processes share. */
  get dataDir(): string {
    return join(this.folder, 'data');
  }

  /** The environment that a person at a terminal would need for the command line. */
  get environment(): Readonly<Record<string, string>> {
    return { STAFFETTA_PORT_OFFSET: String(this.#offset), STAFFETTA_DATA_DIR: this.dataDir };
  }

  /** The process of that name. */
  process(name: ProcessName): HubProcess {
    const found = this.processes.get(name);
    if (!found) throw new Error(`this estate has no process ${name}; it has ${[...this.processes.keys()].join(', ')}`);
    return found;
  }

  /** The process that a service runs in. */
  processOf(service: ServiceName): HubProcess {
    return this.process(this.#options.shape === 'hub' ? 'hub' : service);
  }

  /** Starts a process that was killed or stopped, and waits until it and the whole hub are ready. */
  async startAgain(name: ProcessName): Promise<void> {
    await this.process(name).start();
    await this.process(name).untilReady();
    await this.process(this.#options.shape === 'hub' ? 'hub' : 'gatewayserver').untilReady();
  }

  /** Starts a second instance of a service, on ports of its own. */
  async addInstance(service: ServiceName): Promise<HubClient> {
    const offset = await freePortOffset();
    const environment = this.#environmentAt(this.#offset, offset, service);
    const instance = this.#newProcess(`${service} 2`, service, offset, environment);
    await instance.start();
    await instance.untilReady();
    return new HubClient(offset);
  }

  /** The URL of the database: the given one, or that of the hub's own Postgres. */
  async databaseUrl(): Promise<string> {
    const url = this.#options.settings?.['DATABASE_URL'] ?? (await findRunningPostgres(this.dataDir));
    if (url === undefined) throw new Error('no Postgres of the hub runs');
    return url;
  }

  /** Kills the Postgres that the hub brought along, with all its backends. */
  async killPostgres(): Promise<void> {
    await endPostgresOf(this.dataDir, 'SIGKILL');
  }

  /** The ends of all logs. */
  async tail(): Promise<string> {
    return (await Promise.all([...this.processes.values()].map((one) => one.tail()))).join('\n');
  }

  /** Stops all processes and removes the data. */
  async stop(): Promise<void> {
    await this.#end();
    await this.#options.alsoEnds?.();
  }

  async #begin(): Promise<void> {
    await mkdir(this.dataDir);
    const environment = this.#environmentAt(this.#offset, this.#offset);
    if (this.#options.shape === 'hub') {
      const readyUrl = `${this.client.addressOf('gatewayserver')}/actuator/health/readiness`;
      const command = ['hub/start.ts'] as const;
      this.processes.set('hub', new HubProcess({ name: 'hub', command, environment, folder: this.folder, readyUrl }));
    } else {
      const readyUrl = `${this.sandbox.page}/callbacks-behaviour`;
      const command = ['sandbox/main.ts'] as const;
      this.processes.set(
        'sandbox',
        new HubProcess({ name: 'sandbox', command, environment, folder: this.folder, readyUrl }),
      );
      for (const service of serviceNames) this.#newProcess(service, service, this.#offset, environment);
    }
    const all = [...this.processes.values()];
    if (this.#options.startBy) await this.#options.startBy(this.processes);
    else await Promise.all(all.map((one) => one.start()));
    await Promise.all(all.map((one) => one.untilReady()));
  }

  #newProcess(
    name: ProcessName,
    service: ServiceName,
    offset: number,
    environment: Record<string, string>,
  ): HubProcess {
    const readyUrl = `http://127.0.0.1:${services[service].port + offset}/actuator/health/readiness`;
    const command = ['hub/start.ts', services[service].folder] as const;
    const made = new HubProcess({ name, command, environment, folder: this.folder, readyUrl });
    this.processes.set(name, made);
    return made;
  }

  #environmentAt(estateOffset: number, offset: number, service?: ServiceName): Record<string, string> {
    // A gateway is to find the others itself, all of them.
    const named = serviceNames.filter((name) => service !== 'gatewayserver' || foundation.includes(name));
    const peers = Object.fromEntries(
      named.map((name) => [`${name.toUpperCase()}_URL`, `http://127.0.0.1:${services[name].port + estateOffset}`]),
    );
    return {
      ...quick,
      ...(estateOffset !== offset && {
        ...peers,
        SMTP_URL: `smtp://127.0.0.1:${sandboxPorts.smtp + estateOffset}`,
        IMAP_URL: ownMailboxAt(estateOffset),
      }),
      ...this.#options.settings,
      STAFFETTA_PORT_OFFSET: String(offset),
      STAFFETTA_DATA_DIR: this.dataDir,
    };
  }

  async #end(): Promise<void> {
    this.#forget();
    await Promise.all([...this.processes.values()].map((one) => one.stop()));
    await endPostgresOf(this.dataDir, 'SIGQUIT');
    await removeFolder(this.folder);
  }
}

/** The company's mailbox on the sandbox. */
function ownMailboxAt(offset: number): string {
  return `imap://fatture%40staffetta.example:sandbox@127.0.0.1:${sandboxPorts.imap + offset}`;
}

/** Ends the Postgres of a data folder, should one run: a hub that was killed leaves its own behind. */
async function endPostgresOf(dataDir: string, signal: 'SIGQUIT' | 'SIGKILL'): Promise<void> {
  const text = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(text.split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1) return;
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A name that no other run of a test uses, for topics and mailboxes. */
export function ownName(): string {
  return `j${randomBytes(5).toString('hex')}`;
}
