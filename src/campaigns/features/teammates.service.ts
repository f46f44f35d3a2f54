import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Speaker } from './domain/telling.js';
import { teammates } from './store/features.store.js';

/** Who may own a feature and take requests. */
@Injectable()
export class FeatureTeammates {
  constructor(private readonly db: DataSource) {}

  all(): Promise<Speaker[]> {
    return teammates(this.db);
  }
}
