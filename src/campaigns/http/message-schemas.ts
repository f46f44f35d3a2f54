import { z } from 'zod';
import { Key } from '../../contract/common.js';
import { PreviewAnswer, readerShape } from '../../delivery/content/http/schemas.js';

export const CampaignPreviewRequest = z.strictObject({ ...readerShape, stepId: Key.optional().meta({ description: 'Only this message' }), variant: Key.optional() }).meta({ id: 'CampaignPreviewRequest' });
export type CampaignPreviewRequest = z.infer<typeof CampaignPreviewRequest>;
export const CampaignPreviewAnswer = z.object({ items: z.array(PreviewAnswer.extend({ stepId: z.string(), variant: z.string(), channel: z.string() })) }).meta({ id: 'CampaignPreview' });
