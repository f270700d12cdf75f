/** Every TypeORM entity; a test compares them with the catalog. */
export const ENTITIES: readonly (new () => object)[] = [];
