// journeys: a customer's Java program signs in at a real Keycloak and hands in its invoice through the gateway, and no other's.
import { servers } from '@staffetta/tools/servers/available.ts';
import { companyRealm, customerProgram } from '@staffetta/tools/servers/keycloak-realm.ts';
import { startKeycloak, type KeycloakServer } from '@staffetta/tools/servers/keycloak.ts';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Invoice, Page } from './harness/client.ts';
import type { Estate } from './harness/estate.ts';
import { invoiceXml } from './harness/invoices.ts';
import { defaultSetUp } from './harness/set-ups.ts';

const run = promisify(execFile);
const program = fileURLToPath(new URL('java/plain/InvoiceByToken.java', import.meta.url));
const ownCustomer = '1';

describe("a customer's Java program", { skip: servers.javac.missing }, () => {
  let keycloak: KeycloakServer;
  let estate: Estate;
  before(async () => {
    keycloak = await startKeycloak({ realm: companyRealm({ customerId: ownCustomer, audience: 'hub' }) });
    estate = await defaultSetUp.start({
      settings: {
        OIDC_ISSUER: keycloak.issuer,
        OIDC_AUDIENCE: 'hub',
        OIDC_ROLES_CLAIM: 'realm_access.roles',
        OIDC_ROLE_MAP: 'CUSTOMER:CUSTOMER',
        OIDC_CUSTOMER_CLAIM: 'customer',
      },
    });
  });
  after(async () => {
    await estate?.stop();
    await keycloak?.stop();
  });

  async function handIn(customerId: string, secret: string) {
    const [document, correlationId] = [invoiceXml(), `java-${randomUUID()}`];
    const file = join(estate.folder, `${correlationId}.xml`);
    await writeFile(file, document);
    const gateway = estate.client.addressOf('gatewayserver');
    const words = [program, gateway, keycloak.issuer, customerId, file, correlationId];
    const env = { PATH: process.env['PATH'], CLIENT_ID: customerProgram.clientId, CLIENT_SECRET: secret };
    const { stdout } = await run('java', words, { env });
    return { document, correlationId, page: JSON.parse(stdout) as Page<Invoice> };
  }

  test('signs in by client credentials, hands in an invoice and reads it back as sent', async () => {
    const { page, correlationId, document } = await handIn(ownCustomer, customerProgram.clientSecret);
    assert.equal(page.totalElements, 1);
    const [invoice] = page.content;
    assert.equal(invoice?.correlationId, correlationId);
    assert.equal(String(invoice?.customer.customerId), ownCustomer);
    const kept = await estate.client.invoice(invoice?.invoiceNumber ?? 0);
    assert.equal(kept.invoice, document);
  });

  test("may not hand in another customer's", async () => {
    await assert.rejects(handIn('2', customerProgram.clientSecret), /salvaFatturaInterna: 403/);
  });

  test('with a wrong secret gets no token', async () => {
    await assert.rejects(handIn(ownCustomer, 'wrong'), /token: 401/);
  });

  test('is known to the gateway while Keycloak is away: a token goes on until it ends', async () => {
    const form = new URLSearchParams({ grant_type: 'client_credentials' });
    const login = `${customerProgram.clientId}:${customerProgram.clientSecret}`;
    const authorization = `Basic ${Buffer.from(login).toString('base64')}`;
    const address = `${keycloak.issuer}/protocol/openid-connect/token`;
    const answer = await fetch(address, { method: 'POST', body: form, headers: { authorization } });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    await keycloak.kill9();
    const headers = { authorization: `Bearer ${token}` };
    const seen = await estate.client.ask('dbmanager', { path: '/api/invoices?size=1', headers, key: null });
    assert.equal(seen.status, 200, seen.text);
  });
});
