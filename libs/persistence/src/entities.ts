import { SavedViewEntity } from './devices/saved-view.entity.ts';

/**
 * Aggregates that are no more than a row. Lists, and what runs once an execution, are SQL in their repositories. A test
 * compares every entity with the catalog.
 */
export const ENTITIES: readonly (new () => object)[] = [SavedViewEntity];
