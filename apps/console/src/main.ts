import { bootstrapApplication } from '@angular/platform-browser';
import { appConfig } from './app/app.config.ts';
import { App } from './app/app.ts';
import { loadConfig } from './app/session/console-config.ts';

// zod compiles parsers with `new Function` unless told not to; the CSP forbids that and would report the try.
(globalThis as { __zod_globalConfig?: { jitless: boolean } }).__zod_globalConfig = {
  jitless: true,
};

// A page brought back from the browser's memory may show another tenant's or user's rows: start anew.
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});

loadConfig()
  .then((config) => bootstrapApplication(App, appConfig(config)))
  .catch((error: unknown) => {
    // Nothing is on screen yet that could show a problem: say it in plain text.
    document.body.textContent = `The console could not start. Load the page again. (${String(error)})`;
  });
