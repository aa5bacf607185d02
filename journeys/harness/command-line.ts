// journeys: commands as a person at a terminal runs them.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Estate } from './estate.ts';

/** What a command came to. */
export interface CommandResult {
  readonly exitCode: number;
  readonly output: string;
  readonly errors: string;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const commandMsMax = 90_000;

/**
 * Runs `npm run staffetta -- …` against an estate.
 * @param estate whose hub
 * @param words the command's words, for example `send`, a folder, `--customer`, `2`
 */
export function staffetta(estate: Estate, ...words: string[]): Promise<CommandResult> {
  return runFile('hub/staffetta.ts', estate.environment, words);
}

/**
 * Runs `npm start -- …` until it ends by itself, as a start that cannot succeed does.
 * @param environment its settings
 * @param words a service's name, or nothing for the whole hub
 */
export function hubCommand(environment: Readonly<Record<string, string>>, ...words: string[]): Promise<CommandResult> {
  return runFile('hub/start.ts', environment, words);
}

function runFile(file: string, settings: Readonly<Record<string, string>>, words: string[]): Promise<CommandResult> {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...settings };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(root, file), ...words],
      { cwd: root, env, timeout: commandMsMax },
      (error, output, errors) => {
        const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ exitCode, output, errors });
      },
    );
  });
}
