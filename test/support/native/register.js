// For threads that a test starts: they load TypeScript as the test itself does.
import { register } from 'node:module';

register('./hooks.js', import.meta.url);
