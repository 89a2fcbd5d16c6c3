// Asks the browser for a passkey and posts its answer with the form. Hidden where it knows none.
const bytes = (text) => Uint8Array.from(
  atob(text.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0),
);
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

function readable({ publicKey }) {
  const list = (known) => known?.map((one) => ({ ...one, id: bytes(one.id) }));
  return {
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      ...(publicKey.user && { user: { ...publicKey.user, id: bytes(publicKey.user.id) } }),
      excludeCredentials: list(publicKey.excludeCredentials) ?? [],
      allowCredentials: list(publicKey.allowCredentials) ?? [],
    },
  };
}

function writable(credential) {
  const response = {};
  for (const name of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  });
}

async function ask(form) {
  const token = form.elements.csrfmiddlewaretoken.value;
  const options = { method: 'POST', headers: { 'X-CSRFToken': token }, redirect: 'error' };
  const answer = await fetch(form.dataset.options, options);
  if (!answer.ok) throw new Error(answer.status);
  const wanted = readable(await answer.json());
  const given = form.dataset.passkey === 'make'
    ? await navigator.credentials.create(wanted)
    : await navigator.credentials.get(wanted);
  (form.elements.passkey ?? form.elements.again_passkey).value = writable(given);
}

// Also of a form that a script has put into a page.
export function offerPasskeys(place) {
  for (const form of place.querySelectorAll('[data-passkey]')) offer(form);
}

function offer(form) {
  let given = false;
  form.hidden = !window.PublicKeyCredential;
  form.addEventListener('submit', async (event) => {
    if (given) return;
    event.preventDefault();
    const told = form.querySelector('[role=status]');
    told.textContent = '';
    try {
      await ask(form);
      given = true;
      form.requestSubmit();
    } catch {
      told.textContent = form.dataset.failed;
    }
  });
}

offerPasskeys(document);
