// eurekaserver: Eureka's XML, written and read.
import { shapeInstance } from '@staffetta/platform/discovery/instance.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demo } from './eureka-test-kit.ts';
import { applicationsXml, instanceXml, readInstanceXml } from './xml-shapes.ts';

test('an instance is written with the original’s names and order', () => {
  const xml = instanceXml({ ...shapeInstance(demo, 0), actionType: 'ADDED' });
  const expected = [
    '<instance><instanceId>host:demo:8080</instanceId><hostName>host</hostName><app>DEMO</app><ipAddr>10.0.0.1</ipAddr>',
    '<status>UP</status><overriddenstatus>UNKNOWN</overriddenstatus><port enabled="true">8080</port>',
    '<securePort enabled="false">443</securePort><countryId>1</countryId>',
    '<dataCenterInfo class="com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo"><name>MyOwn</name></dataCenterInfo>',
    '<metadata><management.port>8080</management.port></metadata>',
    '<leaseInfo><renewalIntervalInSecs>30</renewalIntervalInSecs><durationInSecs>90</durationInSecs>',
    '<isCoordinatingDiscoveryServer>false</isCoordinatingDiscoveryServer>',
    '<actionType>ADDED</actionType>',
  ];
  for (const part of expected) assert.ok(xml.includes(part), `${part} is not in ${xml}`);
});

test('an empty map names its class, and an empty registry is one', () => {
  const xml = instanceXml(shapeInstance({ ...demo, metadata: {} }, 0));
  assert.match(xml, /<metadata class="java.util.Collections\$EmptyMap"><\/metadata>/);
  assert.equal(
    applicationsXml({ versions__delta: '1', apps__hashcode: '', application: [] }),
    '<applications><versions__delta>1</versions__delta><apps__hashcode></apps__hashcode></applications>',
  );
});

test('an Amazon instance keeps what it says of its data centre, and is known by its id there', () => {
  const xml = `<instance><hostName>h</hostName><app>A</app><ipAddr>1</ipAddr><overriddenstatus>DOWN</overriddenstatus>
<dataCenterInfo class="com.netflix.appinfo.AmazonInfo"><name>Amazon</name><metadata><instance-id>i-1</instance-id></metadata></dataCenterInfo>
</instance>`;
  const instance = shapeInstance(readInstanceXml(xml).instance, 5);
  assert.deepEqual(instance['dataCenterInfo'], {
    '@class': 'com.netflix.appinfo.AmazonInfo',
    name: 'Amazon',
    metadata: { 'instance-id': 'i-1' },
  });
  assert.deepEqual([instance.instanceId, instance.overriddenStatus], ['i-1', 'DOWN']);
});

test('another root is refused', () => {
  assert.throws(() => readInstanceXml('<application/>'), /<application> where <instance>/);
});
