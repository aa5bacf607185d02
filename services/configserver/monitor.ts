// configserver: what a push hook says has changed, and which services that concerns.
import { HubError } from '@staffetta/flow/errors.ts';

type Body = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textsOf(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((item): item is string => typeof item === 'string');
}

/**
 * Reads a hook that came as a form: fields `path`, or GitHub's field `payload` with the JSON.
 * @param text the form
 * @throws HubError BODY_NOT_VALID where it has neither
 */
export function formBody(text: string): unknown {
  const form = new URLSearchParams(text);
  const path = form.getAll('path');
  if (path.length > 0) return { path };
  try {
    return JSON.parse(form.get('payload') ?? '');
  } catch (error) {
    throw new HubError('BODY_NOT_VALID', 'The form has no field "path", and no "payload" in JSON.', error);
  }
}

/** Who names the changed files of each commit. */
const forges = ['x-github-event', 'x-gitlab-event', 'x-gogs-event', 'x-gitea-event', 'x-gitee-event'] as const;
/** Bitbucket's hook names no files. */
const silentForge = 'x-event-key';

/**
 * Reads which files changed: `path` (one or several) of a form or JSON, else the push hooks of GitHub, GitLab, Gitea, Gogs, Gitee
 * (files of each commit) and Bitbucket (names no files, so everything).
 * @param headers the request's, by their name in lower case
 * @param body as it was read
 */
export function changedPaths(headers: Readonly<Record<string, unknown>>, body: unknown): string[] {
  if (!isRecord(body)) return [];
  if (forges.some((name) => headers[name] !== undefined) && Array.isArray(body['commits'])) {
    const commits = body['commits'].filter((commit) => isRecord(commit));
    const kinds = ['added', 'removed', 'modified'] as const;
    return [...new Set(commits.flatMap((commit) => kinds.flatMap((kind) => textsOf(commit[kind]))))];
  }
  const push = isRecord(body['push']) ? body['push']['changes'] : body['changes'];
  if (headers[silentForge] !== undefined && Array.isArray(push) && push.length > 0) return ['application'];
  return textsOf(body['path']);
}

function servicesOf(path: string): string[] {
  const name = path.split(/[/\\]/).at(-1) ?? '';
  const stem = name.replace(/\.[^.]*$/, '');
  const dashes = [...stem.matchAll(/-/g)].map(({ index }) => stem.slice(0, index));
  // Before a dash may stand a service, and behind it a profile; which dash it is nobody knows.
  const names = [stem, ...dashes.toReversed()].filter((one) => one !== '');
  return names.map((one) => (one === 'application' ? '*' : one));
}

/**
 * Guesses the services that changed files concern; `*` is all of them.
 * @param paths as `changedPaths` gave them
 */
export function servicesConcerned(paths: readonly string[]): string[] {
  return [...new Set(paths.flatMap((path) => servicesOf(path)))];
}
