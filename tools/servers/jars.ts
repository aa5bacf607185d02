// Real servers for tests: asks Maven for a Java server's jars, or for whatever else it fetches or builds.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { preparedFolder } from './prepared.ts';

const run = promisify(execFile);

/** A Maven artifact as `group:artifact:version`. */
export type Artifact = `${string}:${string}:${string}`;

/**
 * The folder that holds the artifacts with all they need at run time; fetched by Maven where it is not there yet.
 * @throws Error with Maven's own words when it cannot fetch.
 */
export function jarsFolder(name: string, artifacts: readonly Artifact[]): Promise<string> {
  return preparedFolder(name, async (work) => {
    await writeFile(join(work, 'pom.xml'), pomOf(artifacts));
    const goal = ['dependency:copy-dependencies', '-DoutputDirectory=jars', '-DincludeScope=runtime'];
    await runMaven(goal, work, `fetch ${artifacts.join(', ')}`);
    return join(work, 'jars');
  });
}

/**
 * Runs Maven quietly. Its own cache is not safe for several at once: call it within `preparedFolder` only.
 * @param purpose what it is to do, for the error's sentence
 * @param env replaces the environment, as for another JAVA_HOME
 * @throws Error with the first lines of what Maven said.
 */
export async function runMaven(
  args: readonly string[],
  cwd: string,
  purpose: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  await run('mvn', ['-q', '-B', ...args], { cwd, env }).catch((cause: { stdout?: string; message: string }) => {
    const said = (cause.stdout || cause.message).trim().split('\n').slice(0, 3).join('\n');
    throw new Error(`Maven cannot ${purpose}: ${said}`, { cause });
  });
}

function pomOf(artifacts: readonly Artifact[]): string {
  const dependencies = artifacts.map((artifact) => {
    const [groupId, artifactId, version] = artifact.split(':');
    return `<dependency><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version></dependency>`;
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion><groupId>staffetta</groupId><artifactId>servers</artifactId><version>1</version>
<dependencies>${dependencies.join('\n')}</dependencies>
</project>
`;
}
