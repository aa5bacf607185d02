// eurekaserver: the calls that read the registry: everything, what changed, an application, an instance, a vip address.
import { byApplication, hashcodeOf, namesVip } from '@staffetta/platform/discovery/applications.ts';
import type { Instance } from '@staffetta/platform/discovery/instance.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { send, viewOf, wishOf, written, type Answer, type AnswerMemory } from './answers.ts';
import { refused, type Door } from './door.ts';
import type { Regions } from './regions.ts';
import type { Registry } from './registry.ts';

interface Regional {
  Querystring: { regions?: string };
}

/** What is read. */
export interface Readable {
  readonly registry: Registry;
  readonly memory: AnswerMemory;
  readonly regions: Regions;
  readonly disableDelta: boolean;
  /** Whether readers must wait still, since this server knows nothing yet. */
  closed(): boolean;
}

function whole({ registry, regions }: Readable, names: string | undefined): Answer {
  const instances = names ? [...registry.all(), ...regions.instancesOf(names)] : registry.all();
  return { applications: viewOf(instances, registry.version()) };
}

/**
 * The changes, with the hash code of everything; of other regions everything, for their changes are not known here. Who left stands in
 * application entries of its own: the original's client takes the whole entry of an application that it does not know (any more) with
 * the first of its instances that came, and would take whoever left beside it back in.
 */
function changed({ registry, regions }: Readable, names: string | undefined): Answer {
  const others = names ? regions.instancesOf(names) : [];
  const left = (instance: Instance): boolean => instance.actionType === 'DELETED';
  const changes = registry.changes();
  const apps__hashcode = hashcodeOf([...registry.all(), ...others]);
  const gone = byApplication(changes.filter((instance) => left(instance)));
  const here = byApplication([...changes.filter((instance) => !left(instance)), ...others]);
  const versions__delta = String(registry.version());
  return { applications: { versions__delta, apps__hashcode, application: [...gone, ...here] } };
}

type Sender = (request: FastifyRequest, reply: FastifyReply, answer: Answer | undefined) => Promise<FastifyReply>;

function addLists(app: FastifyInstance, readable: Readable, door: Door, give: Sender): void {
  const list = (path: string, summary: string, make: (names: string | undefined) => Answer): void => {
    app.get<Regional>(path, { schema: { summary } }, async (request, reply) => {
      const { regions } = request.query;
      if (readable.closed()) return refused(door, request, reply, 403);
      if (path.endsWith('delta') && readable.disableDelta) return refused(door, request, reply, 403);
      if (regions) return give(request, reply, make(regions));
      return readable.memory.send(request, reply, path, () => make(undefined));
    });
  };
  list('/apps', 'Who runs', (names) => whole(readable, names));
  list('/apps/delta', 'What changed in the last minutes', (names) => changed(readable, names));
}

function addVips(app: FastifyInstance, { registry, regions }: Readable, give: Sender): void {
  const find = (vip: string, field: 'vipAddress' | 'secureVipAddress', names: string | undefined): Answer => {
    const others = names ? regions.instancesOf(names).filter((one) => namesVip(one[field], vip)) : [];
    // The version of such an answer is -1 in the original too: it has no changes.
    return { applications: viewOf([...registry.ofVip(vip, field), ...others], -1) };
  };
  interface OneVip extends Regional {
    Params: { vip: string };
  }
  app.get<OneVip>('/vips/:vip', { schema: { summary: 'The instances of a vip address' } }, (request, reply) =>
    give(request, reply, find(request.params.vip, 'vipAddress', request.query.regions)),
  );
  app.get<OneVip>('/svips/:vip', { schema: { summary: 'The instances of a secure vip address' } }, (request, reply) =>
    give(request, reply, find(request.params.vip, 'secureVipAddress', request.query.regions)),
  );
}

function addOnes(app: FastifyInstance, { registry }: Readable, give: Sender): void {
  const one = (instance: Instance | undefined): Answer | undefined => instance && { instance };
  app.get<{ Params: { app: string } }>(
    '/apps/:app',
    { schema: { summary: 'The instances of one application' } },
    (request, reply) => {
      const instance = registry.ofApp(request.params.app);
      const application = { name: request.params.app.toUpperCase(), instance };
      return give(request, reply, instance.length > 0 ? { application } : undefined);
    },
  );
  app.get<{ Params: { app: string; id: string } }>(
    '/apps/:app/:id',
    { schema: { summary: 'One instance' } },
    (request, reply) => give(request, reply, one(registry.find(request.params.app, request.params.id))),
  );
  app.get<{ Params: { id: string } }>(
    '/instances/:id',
    { schema: { summary: 'One instance, whatever its application' } },
    (request, reply) => give(request, reply, one(registry.findAnywhere(request.params.id))),
  );
}

/**
 * Adds the calls that read the registry.
 * @param app the scope of a prefix
 * @param readable what is read
 */
export function addReads(app: FastifyInstance, readable: Readable, door: Door): void {
  const give: Sender = async (request, reply, answer) => {
    if (!answer) return refused(door, request, reply, 404);
    return send(request, reply, Buffer.from(written(answer, wishOf(request))));
  };
  addLists(app, readable, door, give);
  addVips(app, readable, give);
  addOnes(app, readable, give);
  app.get('/serverinfo/statusoverrides', { schema: { summary: 'The statuses that were set' } }, () =>
    Object.fromEntries(readable.registry.overrides()),
  );
}
