// Writes openapi.json from the built routes; with --check, fails when the file is not up to date.
import { describeRoutes } from '../dist/src/openapi.js';
import { finish } from './generated.mjs';

finish('openapi.json', await describeRoutes(), 'npm run openapi');
