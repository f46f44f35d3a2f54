import type { ModuleParts } from '../../platform/module-parts.js';
import { DoubleOptIn } from './double-opt-in.service.js';
import { ConfirmPagesController } from './http/confirm-pages.controller.js';
import { FormBodies } from './http/form-bodies.js';
import { PreferencePagesController } from './http/preferences-pages.controller.js';
import { SuppressionsController } from './http/suppressions.controller.js';
import { TopicsController } from './http/topics.controller.js';
import { PreferenceCentre } from './preference-centre.service.js';
import { Preferences } from './preferences.service.js';
import { Suppressions } from './suppressions.service.js';

export const preferencesParts: ModuleParts = { providers: [FormBodies, PreferenceCentre, Preferences, DoubleOptIn, Suppressions], controllers: [PreferencePagesController, ConfirmPagesController, TopicsController, SuppressionsController], workers: [] };
