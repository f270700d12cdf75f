import { DestroyRef, inject } from '@angular/core';

/** Runs `work` every `ms` while the tab is seen, and at once when it is seen again. Ends with the injector it was made in. */
export function whileVisible(ms: number, work: () => void): void {
  let last = Date.now();
  const run = (): void => {
    if (document.visibilityState === 'hidden') return;
    last = Date.now();
    work();
  };
  const onVisible = (): void => {
    if (Date.now() - last >= ms) run();
  };
  const timer = setInterval(run, ms);
  document.addEventListener('visibilitychange', onVisible);
  inject(DestroyRef).onDestroy(() => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', onVisible);
  });
}
