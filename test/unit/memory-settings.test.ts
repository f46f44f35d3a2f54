import { expect, test } from '@jest/globals';
import { memorySettings } from '../../src/platform/database/memory-settings.js';

const GB = 1024 ** 3;

test.each([
  { gigabytes: 0.25, expected: ['shared_buffers=64MB', 'effective_cache_size=128MB', 'work_mem=4MB', 'maintenance_work_mem=32MB'] },
  { gigabytes: 2, expected: ['shared_buffers=512MB', 'effective_cache_size=1024MB', 'work_mem=4MB', 'maintenance_work_mem=32MB'] },
  { gigabytes: 24, expected: ['shared_buffers=4096MB', 'effective_cache_size=12288MB', 'work_mem=32MB', 'maintenance_work_mem=256MB'] },
])('PostgreSQL fits a machine of $gigabytes GB', ({ gigabytes, expected }) => {
  expect(memorySettings(gigabytes * GB)).toEqual(expected);
});
