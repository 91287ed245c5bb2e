// Passkeys: the server asks, the browser has its person's device answer, and the server looks at the answer.
// Used by the sign-in page, which runs nothing else, and by the account page.
window.saysoPasskeys = (() => {
  const there = () => typeof PublicKeyCredential?.parseRequestOptionsFromJSON === 'function';

  async function asked(path, body) {
    const answer = await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const read = answer.status === 204 ? {} : await answer.json();
    if (!answer.ok) throw { said: read.error.message };
    return read;
  }

  async function signIn() {
    const { options } = await asked('/api/v1/auth/passkey/options', {});
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    const credential = await navigator.credentials.get({ publicKey });
    await asked('/api/v1/auth/passkey', { credential: credential.toJSON() });
  }

  async function add(name, password) {
    const { options } = await asked('/api/v1/me/passkeys/options', { password });
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    const credential = await navigator.credentials.create({ publicKey });
    await asked('/api/v1/me/passkeys', { name, credential: credential.toJSON() });
  }

  // What became of it: "" for done, the server's own words, or "-" where the browser or its person ended it.
  async function outcome(work) {
    if (!there()) return '-';
    try {
      await work();
      return '';
    } catch (error) {
      return error.said ?? '-';
    }
  }

  const button = document.getElementById('passkey');
  if (button && there()) {
    const problem = document.getElementById('passkey-problem');
    button.hidden = false;
    button.addEventListener('click', async () => {
      button.disabled = true;
      problem.hidden = true;
      const said = await outcome(signIn);
      if (!said) return location.assign(button.dataset.next);
      problem.textContent = said === '-' ? button.dataset.failed : said;
      problem.hidden = button.disabled = false;
      button.focus();
    });
  }
  return {
    /** Make a passkey from what is in a form: its fields `passkey_name` and `passkey_password`, which is emptied. */
    addFrom: (id) =>
      outcome(async () => {
        const { passkey_name: name, passkey_password: password } = document.getElementById(id).elements;
        const said = password?.value ?? '';
        if (password) password.value = '';
        await add(name.value, said);
      }),
  };
})();
