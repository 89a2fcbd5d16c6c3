// While its reader types, the browser solves a small sum (see subscribers/limits/proof.py). A flood
// of sign-ups would have to pay for each; she notices nothing. Without scripts the form works too.

const LONGEST_WAIT = 15_000; // ms after pressing the button; then the form goes without a solution

const bytesOf = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

async function derive(parameters, nonce, salt, counter) {
  const password = new Uint8Array(nonce.length + 4);
  password.set(nonce);
  new DataView(password.buffer).setUint32(nonce.length, counter);
  const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: parameters.cost };
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, parameters.keyLength * 8));
}

export async function solve(address) {
  const answer = await fetch(address, { credentials: "omit", cache: "no-store" });
  if (!answer.ok) throw new Error(`no challenge: ${answer.status}`);
  const challenge = await answer.json();
  const { parameters } = challenge;
  const [nonce, salt] = [bytesOf(parameters.nonce), bytesOf(parameters.salt)];
  for (let counter = 0; ; counter += 1) {
    const derivedKey = hexOf(await derive(parameters, nonce, salt, counter));
    if (derivedKey.startsWith(parameters.keyPrefix)) {
      return btoa(JSON.stringify({ challenge, solution: { counter, derivedKey } }));
    }
  }
}

export function prepare(form) {
  const field = form.appendChild(document.createElement("input"));
  Object.assign(field, { type: "hidden", name: "proof" });
  const status = form.appendChild(document.createElement("p"));
  status.setAttribute("role", "status");
  let solving = null;
  let leaving = false;

  function begin() {
    solving ??= solve(form.dataset.proof)
      .then((solution) => { field.value = solution; })
      // The sign-up works without, so a reader need not hear of it; whoever looks for it does.
      .catch((problem) => console.warn("No proof of work:", problem));
    return solving;
  }

  begin();
  form.addEventListener("focusin", begin);
  form.addEventListener("submit", async (event) => {
    if (field.value || leaving) return;
    event.preventDefault();
    status.textContent = form.dataset.moment;
    await Promise.race([begin(), new Promise((resolve) => { setTimeout(resolve, LONGEST_WAIT); })]);
    // Not within this event, where a form cannot be submitted again.
    await new Promise((resolve) => { setTimeout(resolve); });
    leaving = true;
    form.requestSubmit(event.submitter);
  });
  // Back to this page from the answer: each solution is good for one time.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    field.value = "";
    status.textContent = "";
    solving = null;
    leaving = false;
  });
}
