import type { Danbi } from './api.js';
import { createDanbi } from './core/danbi.js';

/** Entry of the npm package: the chunk is bundled with the site, so host and chunk never differ in version. */
const danbi: Danbi = createDanbi(() => import('./live/index.js'));
export default danbi;
