// tools: npm run format; lays out every file as the formatter wants it.
import { spawnSync } from 'node:child_process';
import { programOf } from './programs.ts';
import { repositoryRoot } from './repository.ts';

const { command, args } = programOf('oxfmt', process.argv.slice(2));
process.exitCode = spawnSync(command, args, { cwd: repositoryRoot, stdio: 'inherit' }).status ?? 1;
