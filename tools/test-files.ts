// tools: which test files there are, of which group, and which of them a command line asks for.

/** In the order in which a run takes them: quick ones first, the stories told from outside last. */
export const testGroups = ['unit', 'int', 'journeys'] as const;
export type TestGroup = (typeof testGroups)[number];

export type TestRequest = {
  /** Includes what takes long and is left to the night. */
  night: boolean;
  only?: TestGroup;
  /** Parts of paths; a file that contains any of them runs. Empty: all. */
  filters: readonly string[];
};

/** The group of a file by its name, or undefined when it is no test. Night's files are `*.night.ts` of any group. */
export function groupOf(path: string): TestGroup | undefined {
  if (!/\.(test|night)\.ts$/.test(path)) return undefined;
  if (/\.e2e\.(test|night)\.ts$/.test(path)) return 'journeys';
  if (/\.int\.(test|night)\.ts$/.test(path)) return 'int';
  return 'unit';
}

/**
 * Reads the command line after `npm test --`.
 * @throws Error that names the argument it does not know.
 */
export function readRequest(args: readonly string[]): TestRequest {
  const request: TestRequest = { night: false, filters: [] };
  const rest = [...args];
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    if (argument === '--night') request.night = true;
    else if (argument === '--only') request.only = readGroup(rest.shift());
    else if (argument.startsWith('-')) throw new Error(`unknown argument "${argument}"; ${usage}`);
    else request.filters = [...request.filters, argument.replace(/^\.\//, '')];
  }
  return request;
}

const usage = 'use [--night] [--only unit|int|journeys] [part of a path]…';

function readGroup(word: string | undefined): TestGroup {
  const group = testGroups.find((name) => name === word);
  if (group === undefined) throw new Error(`--only wants one of ${testGroups.join(', ')}, not "${word ?? ''}"`);
  return group;
}

/** The files that the request means, group by group. */
export function chooseTests(paths: readonly string[], request: TestRequest): string[] {
  return testGroups.flatMap((group) => {
    if (request.only !== undefined && request.only !== group) return [];
    return paths.filter((path) => groupOf(path) === group && isWanted(path, request)).sort();
  });
}

function isWanted(path: string, { night, filters }: TestRequest): boolean {
  if (path.endsWith('.night.ts') && !night) return false;
  return filters.length === 0 || filters.some((filter) => path.includes(filter));
}
