import { signal } from '@angular/core';
import type { ReadonlyFieldTree, TreeValidationResult } from '@angular/forms/signals';
import { asProblem, type ApiProblem } from '../http/api-problem.ts';

/** Sends a form. What the server says of a known field goes beside that field, everything else into `problem`. */
export class Submission {
  private readonly writableProblem = signal<ApiProblem | null>(null);
  readonly problem = this.writableProblem.asReadonly();

  async run(
    work: () => Promise<void>,
    fields: Readonly<Record<string, ReadonlyFieldTree<unknown>>> = {},
  ): Promise<TreeValidationResult> {
    this.writableProblem.set(null);
    try {
      await work();
      return [];
    } catch (error) {
      const problem = asProblem(error);
      const errors = problem.errors.flatMap(({ path, message }) => {
        const fieldTree = fields[path];
        return fieldTree ? [{ kind: 'server', message, fieldTree }] : [];
      });
      if (errors.length === 0) this.writableProblem.set(problem);
      return errors;
    }
  }
}
