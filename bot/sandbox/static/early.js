// Runs before the first paint, so that a remembered theme never flashes the other one.
(() => {
  let theme = null;
  try {
    theme = localStorage.getItem("depeche-theme");
  } catch {
    // Storage may be switched off; the system's theme is used then.
  }
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
})();
