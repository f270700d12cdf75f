import { Component, computed, input, linkedSignal, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { FieldError, JsonValue } from '@drm/contracts';
import {
  entryProblem,
  type SchemaField,
  type SchemaVariant,
  valueOf,
  variantIndex,
  variantsOf,
} from './schema-fields.ts';

type Entries = Readonly<Record<string, string | boolean>>;
let lastId = 0;

/**
 * A form made from a JSON Schema, e.g. of a protocol's credentials: adding a protocol needs no form here.
 * Secrets (`writeOnly`) are never filled in: a stored one is shown as set and can be replaced.
 */
@Component({
  selector: 'drm-json-schema-form',
  imports: [MatButton],
  templateUrl: './json-schema-form.html',
  styleUrl: './json-schema-form.css',
})
export class JsonSchemaForm {
  readonly schema = input.required<Readonly<Record<string, JsonValue>>>();
  /** The stored values that are no secrets. */
  readonly initial = input<Readonly<Record<string, JsonValue>>>({});
  /** Names of secrets that are stored; an untouched one is kept. */
  readonly secretsSet = input<readonly string[]>([]);
  /** What the server found wrong; `path` is the field's name. */
  readonly errors = input<readonly FieldError[]>([]);
  /** Names the choice between alternatives: `Version`. */
  readonly variantTitle = input('Kind');

  protected readonly id = `json-form-${(lastId += 1)}`;
  protected readonly variants = computed(() => variantsOf(this.schema()));
  protected readonly chosen = linkedSignal(() => variantIndex(this.variants(), this.initial()));
  protected readonly variant = computed<SchemaVariant>(
    () => this.variants()[this.chosen()] ?? { title: '', constants: {}, fields: [] },
  );
  protected readonly entries = linkedSignal<Entries>(() => this.startEntries());
  protected readonly replaced = signal<ReadonlySet<string>>(new Set());
  private readonly removed = signal<ReadonlySet<string>>(new Set());
  protected readonly visited = signal<ReadonlySet<string>>(new Set());
  private readonly isAllVisited = signal(false);
  private readonly problems = computed(
    () =>
      new Map(
        this.variant().fields.map((field) => [
          field.key,
          entryProblem(field, this.entries()[field.key] ?? '', this.isKept(field)),
        ]),
      ),
  );

  /** Whether everything that was entered fits the schema. */
  readonly isValid = computed(() => [...this.problems().values()].every((text) => text === null));
  /** What to send. */
  readonly value = computed(() => ({
    ...valueOf(this.variant(), this.entries()),
    ...Object.fromEntries([...this.removed()].map((key) => [key, null])),
  }));

  /** Shows all faults; true when there are none. */
  check(): boolean {
    this.isAllVisited.set(true);
    return this.isValid();
  }

  protected choose(index: string): void {
    this.chosen.set(Number(index));
    this.removed.set(new Set());
    this.visited.set(new Set());
    this.isAllVisited.set(false);
  }

  protected enter(field: SchemaField, entry: string | boolean): void {
    this.entries.update((entries) => ({ ...entries, [field.key]: entry }));
  }

  protected leave(field: SchemaField): void {
    this.visited.update((visited) => new Set(visited).add(field.key));
  }

  protected replace(field: SchemaField): void {
    this.replaced.update((replaced) => new Set(replaced).add(field.key));
  }

  /** Takes an optional secret away. */
  protected remove(field: SchemaField): void {
    this.removed.update((removed) => new Set(removed).add(field.key));
  }

  protected keep(field: SchemaField): void {
    this.removed.update((removed) => new Set([...removed].filter((key) => key !== field.key)));
    this.replaced.update((replaced) => new Set([...replaced].filter((key) => key !== field.key)));
    this.enter(field, '');
  }

  /** A stored secret that is not being replaced. */
  protected isKept(field: SchemaField): boolean {
    return (
      this.isStored(field) && !this.replaced().has(field.key) && !this.removed().has(field.key)
    );
  }

  protected isRemoved(field: SchemaField): boolean {
    return this.removed().has(field.key);
  }

  protected isStored(field: SchemaField): boolean {
    return field.isSecret && this.secretsSet().includes(field.key);
  }

  protected problem(field: SchemaField): string | null {
    const refused = this.errors().find(
      (error) => error.path === field.key || error.path.endsWith(`.${field.key}`),
    );
    if (refused !== undefined) return refused.message;
    const isShown = this.isAllVisited() || this.visited().has(field.key);
    return isShown ? (this.problems().get(field.key) ?? null) : null;
  }

  private startEntries(): Entries {
    const entries: Record<string, string | boolean> = {};
    for (const field of this.variant().fields) {
      const stored = field.isSecret ? undefined : this.initial()[field.key];
      const start = stored ?? field.initial;
      if (field.kind === 'boolean') entries[field.key] = start === true;
      else entries[field.key] = start === null || typeof start === 'object' ? '' : String(start);
    }
    return entries;
  }
}
