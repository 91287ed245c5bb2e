// The board in the browser. Votes belong to a random mark that this browser keeps.
const STATES = { open: "Open", planned: "Planned", doing: "In the works", done: "Done" };
const part = (id) => document.getElementById(id);
let shown = "";
let voter = "";
try {
  voter = localStorage.getItem("board.voter") ?? Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  localStorage.setItem("board.voter", voter);
} catch { /* a private window votes as nobody */ }

async function ask(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: { "X-Voter": voter, ...(body && { "Content-Type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const found = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw new Error(answer.status === 400 ? "An idea has 3 to 100 letters." : found.message);
  return found;
}

const element = (tag, text = "", name = "") => Object.assign(document.createElement(tag), { textContent: text, className: name });

function card(idea) {
  const item = element("li");
  const vote = element("button", idea.votes, "vote");
  vote.setAttribute("aria-pressed", idea.mine);
  vote.setAttribute("aria-label", `${idea.votes} votes. Vote for: ${idea.title}`);
  vote.onclick = () => act(() => ask("POST", `/api/ideas/${idea.id}/vote`));
  const body = element("div");
  body.append(element("h3", idea.title));
  if (idea.text) body.append(element("p", idea.text));
  if (idea.by) body.append(element("small", idea.by));
  const state = element("select");
  state.setAttribute("aria-label", `State of: ${idea.title}`);
  state.dataset.state = idea.state;
  for (const [value, label] of Object.entries(STATES)) state.append(new Option(label, value, false, value === idea.state));
  state.onchange = () => act(() => ask("PATCH", `/api/ideas/${idea.id}`, { state: state.value }));
  item.append(vote, body, state);
  return item;
}

async function show() {
  const ideas = await ask("GET", "/api/ideas");
  const fitting = ideas.filter((idea) => !shown || idea.state === shown);
  part("ideas").replaceChildren(...fitting.map(card));
  part("empty").hidden = fitting.length > 0;
  part("filters").replaceChildren(...[["", "All"], ...Object.entries(STATES)].map(([state, label]) => {
    const count = ideas.filter((idea) => !state || idea.state === state).length;
    const button = element("button", `${label} ${count}`);
    button.type = "button";
    button.setAttribute("aria-pressed", state === shown);
    button.onclick = () => { shown = state; void act(async () => {}); };
    return button;
  }));
}

async function act(work, said = "") {
  try {
    await work();
    await show();
    part("said").textContent = said;
  } catch (error) {
    part("said").textContent = error.message;
  }
}

part("suggest").onsubmit = (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  void act(async () => {
    await ask("POST", "/api/ideas", Object.fromEntries(new FormData(form)));
    form.reset();
  }, "Thank you. It is on the board.");
};
void act(async () => {});
