/* Who signs out takes along what of her letters is kept on this device: whoever comes after her
   finds none of it. Since the site has not got it, it is said before. */

const { lettersOf, sure } = document.querySelector('[data-letters-of]')?.dataset ?? {};
const OURS = `letter:${lettersOf}:`;

document.addEventListener('submit', (event) => {
  const action = new URL(event.target.getAttribute('action') ?? '', location.href);
  if (action.pathname !== '/admin/logout/') return;
  const copies = Object.keys(localStorage).filter((name) => name.startsWith(OURS));
  if (copies.length && !window.confirm(sure)) {
    event.preventDefault();
    return;
  }
  document.documentElement.dataset.signingOut = ''; // an open letter makes no new copy now
  for (const name of copies) localStorage.removeItem(name);
}, true);
