// tools: how to start the checkers that npm installed, with the Node that runs us.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './repository.ts';

/**
 * Command and arguments that start a program of an installed package: its script under our own Node, for the shell's
 * `node` may be another version.
 * @throws Error when the package is not installed or has no such program.
 */
export function programOf(name: string, args: readonly string[], packageName = name) {
  const folder = join(repositoryRoot, 'node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackagePage;
  const script = typeof bin === 'string' ? bin : bin?.[name];
  if (script === undefined) throw new Error(`the package ${packageName} has no program "${name}"`);
  return { command: process.execPath, args: [join(folder, script), ...args] };
}

type PackagePage = { bin?: string | Record<string, string> };
