// dbmanager: the profiles that a newcomer finds can issue invoices.
import { checkProfile } from '@staffetta/fatturapa/compose/check-profile.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trialProfiles } from './seed-customers.ts';

test('each trial profile passes the judgement that real ones must pass', () => {
  for (const [customerId, profile] of trialProfiles) {
    const check = checkProfile(profile, '2026-11-25');
    assert.deepEqual(check.findings, [], `customer ${customerId}`);
    assert.ok(check.ok);
  }
});
