// hub: the options that every command shares.
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';
import { services } from '@staffetta/flow/services.ts';
import { sandboxPorts } from '@staffetta/platform/config/world-settings.ts';
import { defineSettings } from '@staffetta/platform/config/settings.ts';
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { CliError } from './cli-error.ts';

const shared = {
  gateway: { type: 'string' },
  key: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const satisfies ParseArgsOptionsConfig;

/** What the command line reads from the environment. */
export const settings = defineSettings({
  gateway: {
    env: 'STAFFETTA_GATEWAY',
    kind: 'url',
    says: 'The gateway that the command line asks; by default the one of this machine.',
  },
  apiKey: {
    env: 'STAFFETTA_API_KEY',
    kind: 'secret',
    says: 'The key that the command line shows; by default that of profile dev.',
  },
  sdiKey: {
    env: 'STAFFETTA_SDI_API_KEY',
    kind: 'secret',
    says: 'The key of role SDI that the command `notice` shows; by default that of profile dev.',
  },
});

/** Where the gateway is and who we are. */
export interface Access {
  readonly gateway: string;
  readonly key: string;
  /** In which language troubles are told; English where the command knows no other. */
  readonly lang?: Lang;
}

/** Where a command's key comes from: the setting, else the key that exists in profile dev only. */
interface KeySource {
  readonly env: string;
  readonly dev: string;
}

const platformKey: KeySource = { env: settings.apiKey.env, dev: 'aruba-secret-token' };

/** The key of SdI's side, which may hand in notices and nothing else. */
export const sdiKey: KeySource = { env: settings.sdiKey.env, dev: 'sdi-secret-token' };

function portOffset(): number {
  const offset = Number(process.env['STAFFETTA_PORT_OFFSET'] ?? 0);
  return Number.isInteger(offset) ? offset : 0;
}

/** Where the sandbox's page is, should it run on this machine. */
export function sandboxPage(): string {
  return `http://127.0.0.1:${sandboxPorts.page + portOffset()}`;
}

/**
 * Reads the option `--lang` of a command that asks the hub.
 * @param lang its value, if it was given
 * @throws CliError for a language that the hub does not speak
 */
export function langOf(lang: string | undefined): Lang {
  if (lang === undefined || lang === 'it') return 'it';
  if (lang === 'en') return 'en';
  throw new CliError('--lang ammette it o en. --lang takes it or en.');
}

function readArgs<T extends ParseArgsOptionsConfig>(args: string[], options: T) {
  try {
    return parseArgs({ args, options: { ...shared, ...options }, allowPositionals: true, strict: true });
  } catch (error) {
    throw new CliError(`${error instanceof Error ? error.message : String(error)} (npm run staffetta -- help)`);
  }
}

/**
 * Reads a command's words.
 * @param args what follows the command's name
 * @param options the command's own options
 * @param source where its key comes from; by default the platform's
 * @returns the words, the options, and the access that environment and options give
 * @throws CliError for options that do not exist or lack their value
 */
export function readCommand<T extends ParseArgsOptionsConfig>(
  args: string[],
  options: T,
  source: KeySource = platformKey,
) {
  const { values, positionals } = readArgs(args, options);
  const chosen = values as { gateway?: string; key?: string; json?: boolean; lang?: string };
  const gateway =
    chosen.gateway ??
    process.env[settings.gateway.env] ??
    `http://127.0.0.1:${services.gatewayserver.port + portOffset()}`;
  const access: Access = {
    gateway: gateway.replace(/\/+$/, ''),
    key: chosen.key ?? process.env[source.env] ?? source.dev,
    ...('lang' in options && { lang: langOf(chosen.lang) }),
  };
  return { values, words: positionals, access, json: chosen.json === true };
}
