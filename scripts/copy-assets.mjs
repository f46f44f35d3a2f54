// Puts what the compiler does not copy beside the compiled service.
import { cpSync } from 'node:fs';

cpSync('templates', 'dist/templates', { recursive: true });
cpSync('demo', 'dist/demo', { recursive: true });
