// eurekaserver: the page for people: how the registry does, its peers, and every instance with its status and last heartbeat.
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import { byApplication, type Application } from '@staffetta/platform/discovery/applications.ts';
import type { Instance } from '@staffetta/platform/discovery/instance.ts';
import type { PeerView } from './peers.ts';
import type { Preservation, RegistryChange } from './registry.ts';
import { escapeXml } from './xml-nodes.ts';

/** What the page shows. */
export interface PageFacts {
  readonly instances: readonly Instance[];
  readonly changes: readonly Pick<RegistryChange, 'action' | 'instance'>[];
  readonly preservation: Preservation;
  readonly peers: readonly PeerView[];
  readonly originalLeases: boolean;
  readonly profile: string;
  readonly version: string;
  readonly startedAt: Date;
  readonly now: Date;
}

const style = `body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem;color:#17324d}
table{border-collapse:collapse;width:100%;margin-bottom:2rem}th,td{text-align:left;padding:.4rem .8rem;border-bottom:1px solid #d9dadb;vertical-align:top}
.UP,.there{color:#006b4f}.DOWN,.OUT_OF_SERVICE,.away{color:#b32d3f}a{color:#0059b3}td{overflow-wrap:anywhere}
.warning{border:2px solid #b32d3f;color:#b32d3f;padding:.6rem 1rem}`;

function escaped(value: unknown): string {
  return escapeXml(typeof value === 'string' || typeof value === 'number' ? String(value) : '');
}

function link(url: unknown, label: string): string {
  // Only http(s): an instance may register any text, and a script must not become a link.
  return typeof url === 'string' && /^https?:\/\//i.test(url)
    ? `<a href="${escaped(url)}">${escaped(label)}</a>`
    : escaped(label);
}

function readable(instant: Date): string {
  return Number.isNaN(instant.getTime()) ? '–' : toRomeWallTime(instant).slice(0, 19).replace('T', ' ');
}

function table(titles: readonly string[], rows: readonly string[]): string {
  const head = titles.map((title) => `<th scope="col">${title}</th>`).join('');
  return `<table><thead><tr>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
}

function statusCell({ status, overriddenStatus }: Instance): string {
  const set = overriddenStatus === 'UNKNOWN' ? '' : ` (set: ${escaped(overriddenStatus)})`;
  return `<td class="${escaped(status)}">${escaped(status)}${set}</td>`;
}

function row(instance: Instance): string {
  const heartbeat = readable(new Date(instance.leaseInfo['lastRenewalTimestamp'] ?? 0));
  const name = link(instance['statusPageUrl'] ?? instance['homePageUrl'], instance.instanceId);
  const zone = escaped(instance.metadata['zone'] ?? 'default');
  return `<tr><td>${escaped(instance.app)}</td><td>${name}</td><td>${zone}</td>${statusCell(instance)}<td>${heartbeat}</td></tr>`;
}

function counted({ name, instance }: Application): string {
  const count = (of: readonly string[]): string => {
    const counts = Map.groupBy(of, (key) => key);
    return [...counts].map(([key, all]) => `${escaped(key)} ${all.length}`).join(', ');
  };
  const zones = count(
    instance.map(({ metadata }) => (typeof metadata['zone'] === 'string' ? metadata['zone'] : 'default')),
  );
  const statuses = count(instance.map(({ status }) => status));
  return `<tr><td>${escaped(name)}</td><td>${statuses}</td><td>${zones}</td></tr>`;
}

function warning({ active, renewsLastMinute, threshold }: Preservation): string {
  if (!active) return '';
  return `<p class="warning" role="alert">Too few heartbeats: ${renewsLastMinute} in the last minute, more than ${threshold} are
expected. More likely the network is at fault than the instances: nobody is taken off until they come again, so some of those
below may be gone.</p>`;
}

function facts(page: PageFacts): string {
  const { preservation, peers } = page;
  const rows = [
    ['Profile', page.profile],
    ['Version', page.version],
    ['Running since', `${readable(page.startedAt)} (Rome)`],
    ['Now', `${readable(page.now)} (Rome)`],
    ['Heartbeats in the last minute', preservation.renewsLastMinute],
    ['Heartbeats to be exceeded', preservation.threshold],
    ['Self-preservation', preservation.active ? 'active' : preservation.state],
    ['Leases', page.originalLeases ? 'doubled, as the original counts them' : 'as the instances ask'],
    ['Peers', peers.length],
  ] as const;
  const cells = rows.map(([name, value]) => `<tr><th scope="row">${name}</th><td>${escaped(value)}</td></tr>`);
  return `<table><tbody>${cells.join('\n')}</tbody></table>`;
}

function peersOf(peers: readonly PeerView[]): string {
  if (peers.length === 0) return '';
  const rows = peers.map(({ address, state, waiting }) => {
    return `<tr><td>${escaped(address)}</td><td class="${state}">${state}</td><td>${waiting}</td></tr>`;
  });
  return `<h2>Peers</h2>${table(['Address', 'State', 'Changes not told yet'], rows)}`;
}

function changesOf(changes: PageFacts['changes']): string {
  const rows = changes.map(({ action, instance }) => {
    const at = readable(new Date(Number(instance.lastUpdatedTimestamp)));
    const what = action === 'DELETED' ? 'gone' : escaped(instance.status);
    return `<tr><td>${escaped(instance.app)}</td><td>${escaped(instance.instanceId)}</td><td>${what}</td><td>${at}</td></tr>`;
  });
  return rows.length === 0
    ? ''
    : `<h2>Last changes</h2>${table(['Application', 'Instance', 'Now', 'Registered or changed'], rows)}`;
}

function frame(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${style}</style></head><body><main><h1>${title}</h1>
${body}
</main></body></html>
`;
}

/**
 * Writes the page.
 * @param page what it shows
 * @returns HTML; everything that came from instances is escaped
 */
export function registryPage(page: PageFacts): string {
  const { instances } = page;
  const titles = ['Application', 'Instance', 'Zone', 'Status', 'Last heartbeat'];
  const applications = table(['Application', 'Statuses', 'Zones'], byApplication(instances).map(counted));
  const list = `<h2>Applications</h2>${applications}<h2>Instances</h2>${table(titles, instances.map(row))}`;
  const links =
    '<a href="/lastn">Last changes</a>, <a href="/swagger-ui/">the API</a>, <a href="/eureka/events">changes as they happen</a>';
  const body = `${warning(page.preservation)}<p>Instances: ${instances.length}. ${links}.</p>
${instances.length > 0 ? list : '<p>Nobody has registered yet.</p>'}
${peersOf(page.peers)}<h2>This server</h2>${facts(page)}`;
  return frame('Who runs where', body);
}

/** Writes the page of the last changes. */
export function changesPage(page: PageFacts): string {
  const changes = changesOf([...page.changes].reverse());
  return frame('What changed', `<p><a href="/">Who runs where</a></p>${changes || '<p>Nothing changed lately.</p>'}`);
}
