// hub: for the test that no customer reaches another's data: what can be asked, by the services' own OpenAPI.
import type { ServiceName } from '@staffetta/flow/services.ts';
import { request } from 'undici';
import type { WholeHub } from './whole-hub.fixture.ts';

/** One thing that can be asked through the gateway. */
export interface Operation {
  readonly service: ServiceName;
  readonly method: string;
  /** As OpenAPI writes it, behind the gateway's prefix: `/dbmanager/api/invoices/{invoiceNumber}`. */
  readonly path: string;
  readonly query: readonly { readonly name: string; readonly schema: Readonly<Record<string, unknown>> }[];
  readonly hasBody: boolean;
  /** Of the body, as the schema gives them. */
  readonly examples: readonly unknown[];
}

interface ApiParameter {
  readonly name: string;
  readonly in: string;
  readonly schema?: Readonly<Record<string, unknown>>;
}

interface ApiBody {
  readonly schema?: { readonly examples?: readonly unknown[] };
  /** As OpenAPI has it beside a schema. */
  readonly example?: unknown;
}

interface ApiOperation {
  readonly parameters?: readonly ApiParameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, ApiBody>> };
}

type ApiPaths = Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;

const documented = ['receiver', 'dbmanager', 'sender', 'mailbox', 'scheduler', 'gatewayserver'] as const;
const aruba = { 'x-api-key': 'aruba-secret-token' };

async function pathsOf(hub: WholeHub, service: ServiceName): Promise<ApiPaths> {
  const answer = await request(`${hub.urlOf(service)}/v3/api-docs`, { headers: aruba });
  return ((await answer.body.json()) as { paths: ApiPaths }).paths;
}

function operationOf(service: ServiceName, method: string, path: string, told: ApiOperation): Operation {
  const { parameters = [], requestBody } = told;
  const query = parameters.filter((one) => one.in === 'query').map(({ name, schema = {} }) => ({ name, schema }));
  const body = requestBody?.content['application/json'];
  const beside = body?.example === undefined ? [] : [body.example];
  const examples = [...(body?.schema?.examples ?? []), ...beside];
  return { service, method: method.toUpperCase(), path, query, hasBody: requestBody !== undefined, examples };
}

/** All that the services say of themselves, and what they have besides: nothing of it may be forgotten. */
export async function operationsOf(hub: WholeHub): Promise<Operation[]> {
  const all: Operation[] = [];
  for (const service of documented) {
    const prefix = service === 'gatewayserver' ? '' : `/${service}`;
    const paths = await pathsOf(hub, service);
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, told] of Object.entries(methods)) all.push(operationOf(service, method, prefix + path, told));
    }
    for (const path of ['/actuator/info', '/actuator/env', '/actuator/prometheus', '/v3/api-docs', '/swagger-ui/']) {
      all.push({ service, method: 'GET', path: prefix + path, query: [], hasBody: false, examples: [] });
    }
  }
  return all;
}
