import { Component, computed, inject, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import {
  MatDialogActions,
  MatDialogContent,
  MatDialogRef,
  MatDialogTitle,
} from '@angular/material/dialog';
import { DEVICE_CSV_COLUMNS, type ImportReport } from '@drm/contracts';
import { type ApiProblem, asProblem } from '../../http/api-problem.ts';
import { Icon } from '../../ui/icon.ts';
import { numberText } from '../../ui/time.ts';
import { VisibleText } from '../../ui/visible-text.ts';
import { FormProblem } from '../device-form/form-problem.ts';
import { saveFile } from '../device-list/save-file.ts';
import { DevicesApi } from '../devices-api.ts';

const EXAMPLE =
  `${DEVICE_CSV_COLUMNS.join(',')}\r\n` +
  'core-1,SN1,Example,Model 1,Rack 4,lab;site:berlin,snmp,192.0.2.10:161,"{""version"":""2c"",""community"":""secret-word""}"\r\n';

/** Imports devices from a CSV file: first a trial that changes nothing, then the import. Closes with true when devices were written. */
@Component({
  selector: 'drm-import-dialog',
  imports: [
    FormProblem,
    Icon,
    MatButton,
    MatDialogActions,
    MatDialogContent,
    MatDialogTitle,
    VisibleText,
  ],
  templateUrl: './import-dialog.html',
  styleUrl: './import-dialog.css',
})
export class ImportDialog {
  private readonly api = inject(DevicesApi);
  private readonly dialog = inject<MatDialogRef<ImportDialog, boolean>>(MatDialogRef);
  protected readonly columns = DEVICE_CSV_COLUMNS;
  protected readonly number = numberText;
  protected readonly file = signal<File | null>(null);
  protected readonly report = signal<ImportReport | null>(null);
  protected readonly problem = signal<ApiProblem | null>(null);
  protected readonly busy = signal<'trial' | 'import' | null>(null);
  private readonly hasWritten = signal(false);
  protected readonly isDone = computed(() => this.report()?.dryRun === false);
  protected readonly canImport = computed(() => {
    const report = this.report();
    return report?.dryRun === true && report.created + report.updated > 0;
  });

  protected choose(input: HTMLInputElement): void {
    this.file.set(input.files?.[0] ?? null);
    this.report.set(null);
    this.problem.set(null);
    if (this.file() !== null) void this.send(true);
  }

  protected async send(isDryRun: boolean): Promise<void> {
    const file = this.file();
    if (file === null || this.busy() !== null) return;
    this.busy.set(isDryRun ? 'trial' : 'import');
    this.problem.set(null);
    try {
      this.report.set(await this.api.import(file, isDryRun));
      if (!isDryRun) this.hasWritten.set(true);
    } catch (error) {
      this.problem.set(asProblem(error));
      this.report.set(null);
    } finally {
      this.busy.set(null);
    }
  }

  protected saveExample(): void {
    saveFile(new Blob([EXAMPLE], { type: 'text/csv' }), 'devices-example.csv');
  }

  protected close(): void {
    this.dialog.close(this.hasWritten());
  }
}
