// gateway: the flows of the hub as an AsyncAPI 3.0 document, printed from flow/flows.ts. Pure.
import { eventHeaders, flows, type Flow, type FlowName } from '@staffetta/flow/flows.ts';
import { services, type ServiceName } from '@staffetta/flow/services.ts';

type Speaker = Flow['from'][number];

const names = Object.keys(flows) as FlowName[];

function refTo(kind: string, name: string) {
  return { $ref: `#/${kind}/${name}` };
}

/** `#/channels/…` of a flow's dead letters: a dot in a name would be read as a path by some tools. */
function deadName(name: FlowName): string {
  return `${name}DLT`;
}

function channelOf(name: FlowName, flow: Flow) {
  return {
    address: flow.topic,
    title: flow.topic,
    description: `${flow.means}. Key: ${flow.key}. When we give up: ${flow.givesUp}.`,
    messages: { [name]: refTo('components/messages', name) },
    bindings: { kafka: { topic: flow.topic, bindingVersion: '0.5.0' } },
  };
}

function deadChannelOf(name: FlowName, flow: Flow) {
  return {
    address: `${flow.topic}.DLT`,
    title: `${flow.topic}.DLT`,
    description: `What could not be done. ${flow.givesUp}.`,
    messages: { [name]: refTo('components/messages', name) },
  };
}

function messageOf(name: FlowName, flow: Flow) {
  const headers = Object.fromEntries(Object.values(eventHeaders).map((header) => [header, { type: 'string' }]));
  return {
    name,
    title: name,
    summary: flow.means,
    contentType: 'application/json',
    headers: { type: 'object', properties: headers },
    payload: flow.message,
    bindings: { kafka: { key: { type: 'string', description: flow.key }, bindingVersion: '0.5.0' } },
  };
}

function operationOf(action: 'send' | 'receive', speaker: Speaker, name: FlowName, { topic }: Flow) {
  const operation = {
    action,
    title: `${speaker} ${action === 'send' ? 'publishes' : 'takes'} ${topic}`,
    channel: refTo('channels', name),
    messages: [refTo(`channels/${name}/messages`, name)],
    tags: [{ name: speaker }],
  };
  return [`${speaker.replaceAll(' ', '-')}-${action}-${name}`, operation] as const;
}

function operationsOf(name: FlowName, flow: Flow) {
  return [
    ...flow.from.map((speaker) => operationOf('send', speaker, name, flow)),
    ...flow.to.map((speaker) => operationOf('receive', speaker, name, flow)),
  ];
}

function tags() {
  const owned = (Object.keys(services) as ServiceName[]).map((name) => ({ name, description: services[name].owns }));
  return [...owned, { name: 'trusted systems', description: 'programs that speak to the hub by messages' }];
}

const says =
  'Every topic of the hub: what it carries, who publishes it, who takes it, and what happens when we give up.';

/**
 * Prints the document.
 * @param version of the hub
 */
export function asyncApi(version: string) {
  return {
    asyncapi: '3.0.0',
    info: { title: 'Staffetta: the flows', version, description: says, tags: tags() },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(
      names.flatMap((name) => [
        [name, channelOf(name, flows[name])],
        [deadName(name), deadChannelOf(name, flows[name])],
      ]),
    ),
    operations: Object.fromEntries(names.flatMap((name) => operationsOf(name, flows[name]))),
    components: { messages: Object.fromEntries(names.map((name) => [name, messageOf(name, flows[name])])) },
  };
}
