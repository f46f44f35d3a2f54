import type { ModuleParts } from '../../platform/module-parts.js';
import { MailboxController } from './http/mailbox.controller.js';
import { SandboxController } from './http/sandbox.controller.js';
import { SandboxServer } from './sandbox-server.js';

export const sandboxParts: ModuleParts = { providers: [SandboxServer], controllers: [SandboxController, MailboxController], workers: [] };
