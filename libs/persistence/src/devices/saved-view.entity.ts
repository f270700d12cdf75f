import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A list state that a person keeps. */
@Entity({ schema: 'drm', name: 'saved_view' })
export class SavedViewEntity {
  @PrimaryColumn({ type: 'uuid', name: 'tenant_id' }) tenantId!: string;
  @PrimaryColumn({ type: 'uuid' }) id!: string;
  @Column({ type: 'uuid', name: 'user_id' }) userId!: string;
  @Column({ type: 'text' }) list!: string;
  @Column({ type: 'text' }) name!: string;
  @Column({ type: 'text' }) query!: string;
  @Column({ type: 'boolean' }) shared!: boolean;
}
