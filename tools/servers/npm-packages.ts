// Real servers for tests: other people's clients from the npm registry, which are no part of our own lockfile.
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runNpm } from '../npm.mjs';
import { requirement, type Requirement } from './available.ts';
import { preparedFolder } from './prepared.ts';

/** Packages that were fetched, or what a test that lacks them should be told. */
export type NpmPackages = Pick<Requirement, 'missing'> & {
  /** Gives what a package exports, as CommonJS does. */
  load(name: string): unknown;
};

/**
 * The packages in a folder of their own; fetched where they are not there yet, none of their scripts is run.
 * @param name names the folder
 * @param packages each as `name@version`, the exact one
 */
export async function npmPackages(name: string, packages: readonly string[]): Promise<NpmPackages> {
  const versions = packages.map((one) => one.split('@').at(-1)).join('-');
  let remedy = '';
  const folder = await preparedFolder(`npm-${name}-${versions}`, (work) => fetchPackages(work, packages)).catch(
    (error: unknown) => {
      remedy = `let npm reach its registry; ${String(error).split('\n', 1)[0]}`;
    },
  );
  const { missing } = requirement(packages.join(', '), '', folder !== undefined, remedy);
  return { missing, load: createRequire(join(folder ?? process.cwd(), 'package.json')) };
}

async function fetchPackages(work: string, packages: readonly string[]): Promise<string> {
  // Without it npm would go up to our own and install there.
  await writeFile(join(work, 'package.json'), '{"private":true}');
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts', '--save-exact'];
  await runNpm(['install', ...quiet, ...packages], {
    cwd: work,
    node: process.execPath,
    purpose: `could not fetch ${packages.join(', ')}`,
    noteChild: () => Promise.resolve(),
  });
  return work;
}
