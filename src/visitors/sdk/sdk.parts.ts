import type { ModuleParts } from '../../platform/module-parts.js';
import { PreviewController } from './http/preview.controller.js';
import { SdkController } from './http/sdk.controller.js';
import { SdkFiles } from './sdk-files.js';

export const sdkParts: ModuleParts = { providers: [SdkFiles], controllers: [SdkController, PreviewController], workers: [] };
