// gateway: all of signing in by key in one piece: keys of the settings, kept keys, their paths, and the first administrator's link.
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import type { World } from '@staffetta/platform/service.ts';
import type { HealthCheck } from '@staffetta/platform/http/health.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ClientReader } from '../../listener/client.ts';
import type { Gate } from '../../gate.ts';
import type { Identified, Identifier } from '../identity.ts';
import { keyHeader, keyInQuery } from '../key-header.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { readApiKeys } from '../setting-keys.ts';
import { revokeKey } from './key-acts.ts';
import { addKeyRoutes } from './key-routes.ts';
import type { KeySettings } from './key-settings.ts';
import { keysNotKept, type WhyKeyEnded } from './key-standing.ts';
import { openKeptKeys, type KeptKeys } from './open-kept-keys.ts';
import { plainHttpRule } from './plain-http.ts';
import { addWelcomeRoutes } from './welcome-routes.ts';
import { linkOf, makeLink } from './welcome.ts';

/** Signing in by key, as the gateway uses it. */
export interface KeySignIn {
  /** By header; comes before other ways, for it takes `Bearer stf_…` too. */
  readonly byHeader: Identifier;
  /** Only says where keys go; comes last. */
  readonly inQuery: Identifier;
  readonly health: readonly HealthCheck[];
  /** For sessions that stand on a key. */
  readonly whyKeyEnded: WhyKeyEnded;
  addRoutes(
    app: FastifyInstance,
    parts: { readonly gate: Pick<Gate, 'passageOf'>; readonly sessions: Sessions | undefined },
  ): void;
  /**
   * Makes the first administrator's link where it is needed, now or once the database answers.
   * @param port where the gateway listens
   */
  welcome(port: number): Promise<void>;
  stop(): Promise<void>;
}

/** The settings that it reads. */
export type KeySignInSettings = KeySettings &
  Parameters<typeof readApiKeys>[1] & { readonly publicUrl: string | undefined; readonly tlsCert: readonly string[] };

/** A client that goes on and on in plain http fills no log. */
const warnEveryMs = 60_000;
const warnedMax = 1000;

type OnPlainHttp = Parameters<typeof keyHeader>[0]['onPlainHttp'];

function plainHttpNews({ log }: World, kept: KeptKeys | undefined): OnPlainHttp {
  const warned = new Map<string, number>();
  return (credential, verdict, request) => {
    const nowMs = performance.now();
    if (nowMs - (warned.get(credential) ?? -warnEveryMs) < warnEveryMs) return;
    if (warned.size >= warnedMax) warned.clear();
    warned.set(credential, nowMs);
    log.warn({ credential, verdict, path: request.routeOptions.url }, 'keys.overPlainHttp');
    const keyId = /^key:([0-9A-Za-z]{12})$/.exec(credential)?.[1];
    if (verdict !== 'revoke' || !kept || keyId === undefined) return;
    const act = { by: 'gateway', reason: 'it was sent over plain http' };
    revokeKey(kept, keyId, act).catch((error: unknown) => log.error({ err: error, keyId }, 'keys.notRevoked'));
  };
}

/** Where people reach the gateway; this machine can in any case. */
function baseOf({ publicUrl, tlsCert }: KeySignInSettings, port: number): string {
  return publicUrl?.replace(/\/+$/, '') ?? `http${tlsCert.length > 0 ? 's' : ''}://127.0.0.1:${port}`;
}

async function welcomeFirst(world: World, kept: KeptKeys, base: string, validMs: number): Promise<void> {
  const store = await kept.whenReady();
  const link = await makeLink(store, { kind: 'first', by: 'first start', now: kept.now(), validMs });
  if (!link) return;
  // The log says that there is a link, the terminal which: logs travel.
  world.log.info({ expiresAt: link.expiresAt }, 'welcome.linkMade');
  const until = toRomeWallTime(link.expiresAt).slice(0, 16).replace('T', ' ');
  const says = `There is no administrator yet. Open this once in a browser, until ${until}, to become one:`;
  world.tell(`${says} ${linkOf(base, link.code)}`);
}

function holderAt(gate: Pick<Gate, 'passageOf'>, request: FastifyRequest): Identified {
  const holder = gate.passageOf(request)?.holder;
  if (!holder) throw new Error('a request came past the gate');
  return holder;
}

/**
 * Opens it.
 * @param world the gateway's
 * @param values its settings
 * @param clientOf from where a request comes
 * @throws HubError SETTING_WRONG for keys or a pepper that are none, and in production for no key and no place to keep any
 */
export async function openKeySignIn(
  world: World,
  values: KeySignInSettings,
  clientOf: ClientReader,
): Promise<KeySignIn> {
  const store = world.storeIfAny;
  const settingKeys = readApiKeys(world.profile, values, store !== undefined);
  const kept = store && (await openKeptKeys({ world, store, values }));
  const plainHttp = plainHttpRule(values.keysOverHttp, world.profile);
  const onPlainHttp = plainHttpNews(world, kept);
  return {
    byHeader: keyHeader({ settingKeys, judge: kept?.judge, plainHttp, onPlainHttp, clientOf }),
    inQuery: keyInQuery,
    health: kept ? [kept.health] : [],
    whyKeyEnded: kept?.whyEnded ?? keysNotKept,
    addRoutes(app, { gate, sessions }) {
      const holderOf = (request: FastifyRequest): Identified => holderAt(gate, request);
      addKeyRoutes(app, { keys: kept, holderOf, overlapMs: values.keyOverlapMs });
      if (kept) addWelcomeRoutes(app, { keys: kept, sessions, log: world.log });
      else app.all('/welcome', { schema: { hide: true } }, (_request, reply) => reply.callNotFound());
    },
    async welcome(port) {
      if (!kept || settingKeys.hasAdministrator) return;
      const making = welcomeFirst(world, kept, baseOf(values, port), values.adminLinkMs).catch((error: unknown) =>
        world.log.warn({ err: error }, 'welcome.linkNotMade'),
      );
      if (kept.isReady()) await making;
    },
    async stop() {
      await kept?.stop();
    },
  };
}
