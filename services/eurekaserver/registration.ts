// eurekaserver: the body of a registration, checked as the original checks it and with its words. Pure.
import {
  fieldsOf,
  idOf,
  shapeInstance,
  textOf,
  type Fields,
  type Instance,
} from '@staffetta/platform/discovery/instance.ts';
import { readInstanceXml } from './xml-shapes.ts';

function missing(instance: Fields, app: string): string | undefined {
  const dataCenter = fieldsOf(instance['dataCenterInfo']);
  const given = textOf(instance['app']);
  if (idOf(instance) === '') return 'Missing instanceId';
  if (textOf(instance['hostName']) === '') return 'Missing hostname';
  if (textOf(instance['ipAddr']) === '') return 'Missing ip address';
  if (given === '') return 'Missing appName';
  if (given.toUpperCase() !== app) return `Mismatched appName, expecting ${app} but was ${given}`;
  if (!dataCenter) return 'Missing dataCenterInfo';
  if (textOf(dataCenter['name']) === '') return 'Missing dataCenterInfo Name';
  return undefined;
}

/**
 * Reads a registration (`{"instance":{…}}` or `<instance>…</instance>`).
 * @param body the JSON, parsed
 * @param app the application of the path, in capitals
 * @param nowMs the instant, in Unix milliseconds
 * @param leaseMs the lease where the instance names none
 * @returns the instance with every field that clients expect, or the words in which Eureka refuses it
 */
export function readRegistration(body: unknown, app: string, nowMs: number, leaseMs: number): Instance | string {
  const given = fieldsOf(fieldsOf(body)?.['instance']);
  if (!given) return 'The body must be of the form {"instance":{...}} or <instance>...</instance>';
  return missing(given, app) ?? shapeInstance(given, nowMs, leaseMs / 1000);
}

/**
 * Reads the text of a body.
 * @param text JSON or XML; nothing for calls without a body
 * @param isXml what its Content-Type says
 * @returns the parsed form, or undefined where the text is neither
 */
export function readBody(text: string, isXml: boolean): unknown {
  if (text === '') return undefined;
  try {
    return isXml ? readInstanceXml(text) : JSON.parse(text);
  } catch {
    return undefined;
  }
}
