import type { ModuleParts } from '../../platform/module-parts.js';
import { SdkController } from './http/sdk.controller.js';
import { SdkFiles } from './sdk-files.js';

export const sdkParts: ModuleParts = { providers: [SdkFiles], controllers: [SdkController], workers: [] };
