// Who is signed in, and the token that shows that what a script sends comes from a page of ours. Asked of the service,
// as a page that was kept for use without a network knows neither.
let known = null;

/** Who is signed in and their token: {name, token}; nothing while nobody is, or the service cannot be reached. */
export async function person() {
  known ??= ask().catch(() => null);
  const told = await known;
  if (!told) known = null;
  return told;
}

/** Ask anew next time: the token was refused, or nobody is signed in any more. */
export function forgetPerson() {
  known = null;
}

async function ask() {
  const answer = await fetch("/api/v1/me", { headers: { accept: "application/json" } });
  if (!answer.ok) return null;
  const { name, form_token: token } = await answer.json();
  return { name, token };
}
