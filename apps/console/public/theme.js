// Runs before the first paint, so that the page never flashes in the wrong theme. External, because the CSP allows no inline script.
(function () {
  try {
    var theme = localStorage.getItem('drm.theme');
    if (theme === 'dark' || theme === 'light') {
      document.documentElement.setAttribute('data-theme', theme);
    }
  } catch {
    // Storage is blocked: the system's theme is used.
  }
})();
