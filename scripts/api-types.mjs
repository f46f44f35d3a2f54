// Writes the types of the API for the dashboard from openapi.json, when they are older than it. They are not checked in.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';

const FROM = 'openapi.json';
const TO = 'web/src/lib/api-types.d.ts';
if (existsSync(TO) && statSync(TO).mtimeMs > statSync(FROM).mtimeMs) process.exit();
const { status, stderr } = spawnSync('web/node_modules/.bin/openapi-typescript', [FROM, '-o', TO], { encoding: 'utf8' });
if (status !== 0) process.stderr.write(stderr);
process.exit(status ?? 1);
