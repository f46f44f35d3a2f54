import { z } from 'zod';
import { DateTime } from '../../../platform/http/date-time.js';

export const SigningKeyList = z.object({ items: z.array(z.object({ id: z.number().int(), createdAt: DateTime })) }).meta({ id: 'SigningKeyList' });
