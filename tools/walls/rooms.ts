// tools: the walls between rooms; which room may use which, as a table.

/** A room's name: a top folder, or `services/<name>`. */
export type Room = string;

/** Room → the rooms that it may import. `services/*` stands for each service, of which none may use another. */
export const arrows: Readonly<Record<string, readonly string[]>> = {
  flow: [],
  fatturapa: [],
  platform: ['flow'],
  'services/*': ['flow', 'fatturapa', 'platform'],
  // Stands for the world outside the hub: it may know our language, never our insides.
  sandbox: ['flow', 'fatturapa', 'platform'],
  hub: ['flow', 'fatturapa', 'platform', 'services/*', 'sandbox'],
  // Knows the hub by HTTP only.
  console: [],
  tools: ['flow', 'fatturapa', 'platform'],
  // Tell and measure from outside: they start the hub as a process and talk to it as a customer would.
  journeys: ['flow', 'fatturapa', 'platform', 'sandbox', 'tools'],
  bench: ['flow', 'fatturapa', 'platform', 'sandbox', 'tools', 'journeys'],
};

/** Pages of another room that stay closed although the room is open: file → rooms that must not read it. */
export const closedPages: Readonly<Record<string, readonly string[]>> = {
  // The bus and the store carry any flow: their names are parameters there (platform/service.ts joins the two).
  'flow/flows.ts': ['platform/bus', 'platform/store', 'platform/http', 'platform/config', 'platform/telemetry'],
};

/** What tests of every room may use besides. */
export const openToTests = 'tools/servers/';

/** The room that a path from the repository's root lies in, or undefined outside of all rooms. */
export function roomOf(path: string): Room | undefined {
  const [top = '', second] = path.split('/');
  if (top === 'services') return second === undefined ? undefined : `services/${second}`;
  return top in arrows ? top : undefined;
}

/** Whether files of room `from` may import files of room `to`. */
export function mayUse(from: Room, to: Room): boolean {
  if (from === to) return true;
  const allowed = arrows[from.startsWith('services/') ? 'services/*' : from] ?? [];
  return allowed.includes(to.startsWith('services/') ? 'services/*' : to);
}

/** Whether a file is a test or made for tests only, by its name. */
export function isForTests(path: string): boolean {
  const name = path.split('/').at(-1) ?? '';
  return /\.(test|night|fixture)\.ts$/.test(name) || /^(conformance|test-)|-(test-kit|conformance)\.ts$/.test(name);
}

/** Whether a file is for our own work on the product: but for the start script nothing of it runs at a user's. */
export function isOfWork(path: string): boolean {
  return /^(tools|journeys|bench)\//.test(path);
}
