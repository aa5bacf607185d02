// eurekaserver: the page for people: every instance that runs, with its status and its last heartbeat.
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import type { Application } from './registry.ts';

const style = `body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#17324d}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .8rem;border-bottom:1px solid #d9dadb}
.UP{color:#006b4f}.DOWN,.OUT_OF_SERVICE{color:#b32d3f}a{color:#0059b3}`;

function escaped(value: unknown): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function link(url: unknown, label: string): string {
  // Only http(s): an instance may register any text, and a script must not become a link.
  return typeof url === 'string' && /^https?:\/\//i.test(url)
    ? `<a href="${escaped(url)}">${escaped(label)}</a>`
    : escaped(label);
}

function readable(instant: Date): string {
  return toRomeWallTime(instant).slice(0, 19).replace('T', ' ');
}

function row(instance: Application['instance'][number]): string {
  const heartbeat = readable(new Date(instance.leaseInfo['lastRenewalTimestamp'] ?? 0));
  const name = link(instance['homePageUrl'] ?? instance['statusPageUrl'], instance.instanceId);
  return `<tr><td>${escaped(instance.app)}</td><td>${name}</td>
<td class="${escaped(instance.status)}">${escaped(instance.status)}</td><td>${heartbeat}</td></tr>`;
}

/**
 * Writes the page.
 * @param applications who runs
 * @param now the instant, shown as Rome wall time
 * @returns HTML; everything that came from instances is escaped
 */
export function registryPage(applications: readonly Application[], now: Date): string {
  const rows = applications.flatMap(({ instance }) => instance).map((instance) => row(instance));
  const titles = ['Application', 'Instance', 'Status', 'Last heartbeat'];
  const head = `<tr>${titles.map((title) => `<th scope="col">${title}</th>`).join('')}</tr>`;
  const table = `<table><thead>${head}</thead><tbody>${rows.join('\n')}</tbody></table>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Who runs where</title>
<style>${style}</style></head><body><main><h1>Who runs where</h1>
<p>${readable(now)} (Rome). Instances: ${rows.length}. <a href="/swagger-ui/">The API</a></p>
${rows.length > 0 ? table : '<p>Nobody has registered yet.</p>'}
</main></body></html>
`;
}
