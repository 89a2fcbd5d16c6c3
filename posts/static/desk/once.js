/* A hand that trembles, or waits for a slow site, presses twice. What is on its way is not sent a
   second time: one press makes one letter, one list, one token. */

const LONGEST = 15_000; // milliseconds; after that she may have stopped it herself
const sentAt = new Map(); // when each form left

window.addEventListener('submit', (event) => {
  const { target: form, submitter } = event;
  const method = submitter?.getAttribute('formmethod') ?? form.method;
  if (event.defaultPrevented || method !== 'post') return;
  if (performance.now() < sentAt.get(form) + LONGEST) event.preventDefault();
  else sentAt.set(form, performance.now());
});

// Chosen anew, it is something else, and a download leaves her where she is.
window.addEventListener('change', ({ target }) => sentAt.delete(target.form));
const forget = () => sentAt.clear();
window.addEventListener('pageshow', forget); // she came back
window.navigation?.addEventListener('navigateerror', forget); // it never arrived, or she stopped it
