// configserver: runs the git program with bounds on time and bytes; nothing of the caller's surroundings changes what it does.
import { HubError } from '@staffetta/flow/errors.ts';
import { splitLogin, isHttpUrl } from '@staffetta/platform/http/url-login.ts';
import { execFile, type ExecFileException } from 'node:child_process';

/** How git is run. */
export interface GitOptions {
  /** In this folder, or on no repository yet. */
  readonly cwd: string;
  readonly timeoutMs: number;
  readonly bytesMax: number;
  /** Settings of git for this run alone, as `name` → value; they are in no argument and in no file. */
  readonly config?: Readonly<Record<string, string>>;
  /** Ends it early. */
  readonly signal?: AbortSignal;
}

function surroundings(config: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  // GIT_DIR and its like would lead git elsewhere.
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_') || name === 'GIT_SSH_COMMAND');
  const names = Object.entries(config).flatMap(([name, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, name] as const,
    [`GIT_CONFIG_VALUE_${index}`, value] as const,
  ]);
  return {
    ...Object.fromEntries(kept),
    GIT_SSH_COMMAND: process.env['GIT_SSH_COMMAND'] || 'ssh -oBatchMode=yes -oConnectTimeout=10',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    // Never `ext::`, which runs programs.
    GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
    LC_ALL: 'C',
    GIT_CONFIG_COUNT: String(Object.keys(config).length),
    ...Object.fromEntries(names),
  };
}

/** The last words of git, without a login that stands in a URL. */
function saidBy(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines
    .slice(-3)
    .join(' ')
    .replaceAll(/(\/\/)[^/\s]*@/g, '$1')
    .slice(0, 500);
}

function reasonOf(error: ExecFileException, stderr: string, timeoutMs: number): string {
  if (error.code === 'ENOENT') return 'the program git, or the folder, is absent';
  return error.killed ? `no end within ${timeoutMs} ms (CONFIG_GIT_TIMEOUT)` : saidBy(stderr) || error.message;
}

/**
 * Runs git.
 * @param args its arguments; what comes from outside is checked before, or stands behind `--`
 * @param options where, how long and how much
 * @returns what it wrote
 * @throws HubError SERVICE_AWAY with git's own words
 */
export function runGit(args: readonly string[], options: GitOptions): Promise<Buffer> {
  const { cwd, timeoutMs, bytesMax, config = {}, signal } = options;
  return new Promise((resolve, reject) => {
    execFile(
      'git',
      args,
      {
        cwd,
        timeout: timeoutMs,
        maxBuffer: bytesMax,
        encoding: 'buffer',
        env: surroundings(config),
        ...(signal && { signal }),
      },
      (error, stdout, stderr) => {
        if (!error) return resolve(stdout);
        reject(
          new HubError(
            'SERVICE_AWAY',
            `git ${args[0] ?? ''}: ${reasonOf(error, stderr.toString(), timeoutMs)}.`,
            error,
          ),
        );
      },
    );
  });
}

/** A repository's address as git gets it, and the settings that carry its login. */
export interface GitAddress {
  /** Without a password. */
  readonly url: string;
  readonly config: Readonly<Record<string, string>>;
}

/**
 * Takes the login out of an http(s) address, so that it stands in no argument and no file.
 * @param uri any address that git takes
 * @throws HubError SETTING_WRONG for one that git would take for an option
 */
export function gitAddress(uri: string): GitAddress {
  if (uri.startsWith('-')) throw new HubError('SETTING_WRONG', 'A repository must not begin with "-".');
  if (!isHttpUrl(uri)) return { url: uri, config: {} };
  const { url, headers } = splitLogin(uri);
  const { authorization } = headers as { authorization?: string };
  return {
    url,
    config: authorization === undefined ? {} : { [`http.${url}.extraHeader`]: `Authorization: ${authorization}` },
  };
}
