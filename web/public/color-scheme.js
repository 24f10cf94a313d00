// Before the first paint, so that nothing flashes: the scheme that was chosen here, or else the system's.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('sluice-color-scheme');
  } catch {
    // A browser that keeps nothing has nothing to tell.
  }
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
