import { z } from 'zod';

/** An instant in an answer: a Date is written as ISO 8601. */
export const DateTime = z.union([z.date(), z.iso.datetime({ offset: true })]);
