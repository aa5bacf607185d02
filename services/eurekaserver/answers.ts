// eurekaserver: how an answer is written: JSON or XML, whole or compact, zipped, and now and then from memory.
import type { Clock } from '@staffetta/platform/clock.ts';
import { byApplication, hashcodeOf, type Application } from '@staffetta/platform/discovery/applications.ts';
import type { Instance } from '@staffetta/platform/discovery/instance.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { applicationsXml, applicationXml, inOldWords, instanceXml, type ApplicationsView } from './xml-shapes.ts';

/** What is answered, before it is written. */
export type Answer =
  | { readonly applications: ApplicationsView }
  | { readonly application: Application }
  | { readonly instance: Instance };

/** What a client wants to read. */
export interface Wish {
  readonly xml: boolean;
  /** Without what only management pages show. */
  readonly compact: boolean;
  /** Eureka 1's words for statuses, in the XML of one instance below a path without `v2`. */
  readonly oldWords: boolean;
}

const zipped = promisify(gzip);

/** Below this a zipped answer is no shorter. */
const zipFromBytes = 512;

// The original's own choice and order.
const compactFields = [
  'instanceId',
  'app',
  'ipAddr',
  'vipAddress',
  'secureVipAddress',
  'dataCenterInfo',
  'hostName',
  'status',
  'lastUpdatedTimestamp',
  'actionType',
  'asgName',
  'port',
  'securePort',
] as const;

function compacted(instance: Instance): Instance {
  const fields = compactFields.flatMap((name) => (instance[name] === undefined ? [] : [[name, instance[name]]]));
  return Object.fromEntries(fields) as Instance;
}

function reduced(answer: Answer): Answer {
  const compactApp = ({ name, instance }: Application): Application => ({ name, instance: instance.map(compacted) });
  if ('instance' in answer) return { instance: compacted(answer.instance) };
  if ('application' in answer) return { application: compactApp(answer.application) };
  const { applications } = answer;
  return { applications: { ...applications, application: applications.application.map(compactApp) } };
}

function xmlOf(answer: Answer, oldWords: boolean): string {
  if ('applications' in answer) return applicationsXml(answer.applications);
  if ('application' in answer) return applicationXml(answer.application);
  return instanceXml(oldWords ? inOldWords(answer.instance) : answer.instance);
}

/**
 * Writes an answer.
 * @param answer what
 * @param wish how
 */
export function written(answer: Answer, wish: Wish): string {
  const content = wish.compact ? reduced(answer) : answer;
  return wish.xml ? xmlOf(content, wish.oldWords) : JSON.stringify(content);
}

/**
 * Reads what a client wants; JSON only where `Accept` names it, as the original does.
 * @param request its headers and path
 */
export function wishOf(request: FastifyRequest): Wish {
  return {
    xml: !/json/i.test(request.headers.accept ?? ''),
    compact: request.headers['x-eureka-accept'] === 'compact',
    oldWords: !request.url.startsWith('/eureka/v2/'),
  };
}

/** The registry view of some instances. */
export function viewOf(instances: readonly Instance[], version: number): ApplicationsView {
  return {
    versions__delta: String(version),
    apps__hashcode: hashcodeOf(instances),
    application: byApplication(instances),
  };
}

/**
 * Sends what was written, zipped where the client reads that.
 * @param zippedBefore the zipped bytes, where they are known already
 */
export async function send(
  request: FastifyRequest,
  reply: FastifyReply,
  body: Buffer,
  zippedBefore?: () => Promise<Buffer>,
): Promise<FastifyReply> {
  const type = wishOf(request).xml ? 'application/xml' : 'application/json';
  reply.type(`${type}; charset=utf-8`).header('vary', 'Accept, Accept-Encoding, X-Eureka-Accept');
  const zips = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(request.headers['accept-encoding'] ?? '');
  if (!zips || body.length < zipFromBytes) return reply.send(body);
  return reply.header('content-encoding', 'gzip').send(await (zippedBefore?.() ?? zipped(body)));
}

interface Remembered {
  readonly version: number;
  readonly atMs: number;
  readonly body: Buffer;
  zipped?: Promise<Buffer>;
}

/** Answers that many ask for at once, written once. */
export interface AnswerMemory {
  /** Sends an answer from memory where it still holds, else makes it. */
  send(request: FastifyRequest, reply: FastifyReply, name: string, make: () => Answer): Promise<FastifyReply>;
}

/** How long an answer is repeated although nothing but heartbeats happened: they show in it too. */
const sameVersionMs = 1000;

/**
 * Makes the memory.
 * @param version the registry's version now: an answer of another one is not repeated
 * @param cacheMs how long an answer is repeated although the registry changed; 0 for not at all
 * @param clock measures both
 */
export function answerMemory(version: () => number, cacheMs: number, clock: Clock): AnswerMemory {
  const known = new Map<string, Remembered>();
  const holds = ({ version: before, atMs }: Remembered, nowMs: number): boolean =>
    nowMs - atMs < cacheMs || (before === version() && nowMs - atMs < sameVersionMs);
  return {
    async send(request, reply, name, make) {
      const wish = wishOf(request);
      const key = `${name} ${wish.xml} ${wish.compact}`;
      const nowMs = clock.now().getTime();
      let answer = known.get(key);
      if (!answer || !holds(answer, nowMs)) {
        answer = { version: version(), atMs: nowMs, body: Buffer.from(written(make(), wish)) };
        known.set(key, answer);
      }
      const { body } = answer;
      const remembered = answer;
      return send(request, reply, body, () => (remembered.zipped ??= zipped(body)));
    },
  };
}
