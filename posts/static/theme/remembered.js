// How a reader wants pages to look, as this device remembers it. It runs before anything is painted,
// so that nothing flashes or moves. `data-scripts` shows what needs scripts to work.
{
  const root = document.documentElement;
  let look = null;
  try {
    look = JSON.parse(localStorage.getItem("look"));
  } catch {
    // Nothing may be kept here, or it is not ours: the page looks as the device wants it.
  }
  for (const name of ["theme", "size", "view"]) {
    if (typeof look?.[name] === "string") root.dataset[name] = look[name];
  }
  if ("noModule" in HTMLScriptElement.prototype) root.dataset.scripts = "on";
}
