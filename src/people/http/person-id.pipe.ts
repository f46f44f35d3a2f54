import { Injectable, type PipeTransform } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { personIdOf } from '../person-handle.js';

/** Turns the handle in a path (`external:ben`, `email:…`, an id) into the person's id, for routes of every module. */
@Injectable()
export class PersonIdPipe implements PipeTransform<string, Promise<string>> {
  constructor(private readonly db: DataSource) {}

  transform(handle: string): Promise<string> {
    return personIdOf(this.db, handle);
  }
}
