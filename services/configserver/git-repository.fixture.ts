// configserver: a git repository for a test, and a remote one that can go away.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { writeFiles } from './configserver-test-kit.ts';

const run = promisify(execFile);

/** A repository with a working copy. */
export interface TestRepository {
  readonly folder: string;
  git(...args: string[]): Promise<string>;
  /** Writes files and commits all; gives the commit. */
  commit(files: Readonly<Record<string, string>>): Promise<string>;
}

/** Makes an empty repository whose branch is `main`. */
export async function makeRepository(folder: string): Promise<TestRepository> {
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgsign=false'];
  const git = async (...args: string[]) => (await run('git', ['-C', folder, ...who, ...args])).stdout.trim();
  await run('git', ['init', '--quiet', '-b', 'main', folder]);
  return {
    folder,
    git,
    async commit(files) {
      await writeFiles(folder, files);
      await git('add', '-A');
      await git('commit', '--quiet', '-m', 'change');
      return git('rev-parse', 'HEAD');
    },
  };
}

/** A repository on a web server that asks for a login, serves files as they are (git's plain protocol), and can be shut. */
export async function serveRepository(t: TestContext, repository: TestRepository, login: string) {
  let isOpen: boolean | 'hanging' = true;
  let fetches = 0;
  let onAsked: () => void = () => undefined;
  const expected = `Basic ${Buffer.from(login).toString('base64')}`;
  const server = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    if (!isOpen) return request.socket.destroy();
    if (isOpen === 'hanging') return onAsked();
    if (request.headers.authorization !== expected)
      return response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
    if (path.endsWith('/info/refs')) fetches++;
    readFile(join(repository.folder, '.git', path.replace('/settings.git/', ''))).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    uri: `http://${login}@127.0.0.1:${port}/settings.git`,
    shownAs: `http://127.0.0.1:${port}/settings.git`,
    publish: () => repository.git('update-server-info'),
    open: (wish: boolean | 'hanging') => {
      isOpen = wish;
    },
    fetches: () => fetches,
    /** Resolves when somebody asks a server that hangs. */
    asked: () => new Promise<void>((resolve) => (onAsked = resolve)),
  };
}
