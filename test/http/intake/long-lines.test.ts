import { expect, it } from 'vitest';
import { postEntries } from '../../../src/http/resources/post-entries.ts';
import { IntakeWorld, jsonOf } from '../../support/intake.ts';

const TIME = '2026-11-25T14:00:05.123456Z';
const NDJSON = { 'content-type': 'application/x-ndjson' };

function record(payload: string): string {
  return JSON.stringify({ service_name: 'cart', payload, severity: 'info', timestamp: TIME });
}

it('takes what stands around a line that is too long, and says why that one is refused', async () => {
  const world = new IntakeWorld();
  const long = `{"payload":"${'x'.repeat(12_000_000)}"}`;
  const body = [record('before'), long, record('after')].join('\n');
  const answer = await world.send(postEntries, { body, headers: NDJSON });
  expect(jsonOf(answer)).toMatchObject({
    accepted: 2,
    rejected: 1,
    refused: [{ place: 1, code: 'too_large' }],
  });
  expect(world.rows.map(({ payload }) => payload)).toEqual(['before', 'after']);
});
