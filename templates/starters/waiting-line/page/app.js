// Shows the line as the server tells it, and keeps which number is mine.
const part = (id) => document.getElementById(id);
let mine = null;
try { mine = JSON.parse(localStorage.getItem("line.mine")); } catch { /* a private window keeps nothing */ }

const element = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });

async function post(path, fields) {
  const answer = await fetch(path, { method: "POST", body: new URLSearchParams(fields) });
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.error);
  return found;
}

function keep(number) {
  mine = number;
  try { localStorage.setItem("line.mine", JSON.stringify(mine)); } catch { /* see above */ }
}

function show({ waiting, called, minutes }) {
  part("called").replaceChildren(...called.map((ticket) => {
    const item = element("li", "");
    item.append(element("b", ticket.number), `desk ${ticket.desk}${ticket.name ? `, ${ticket.name}` : ""}`);
    return item;
  }));
  part("waiting").replaceChildren(...waiting.map((ticket, at) => {
    const item = element("li", "");
    item.toggleAttribute("data-mine", ticket.number === mine);
    const who = element("span", [ticket.name, ticket.about].filter(Boolean).join(": ") || "Someone");
    item.append(element("b", ticket.number), who, element("small", `${Math.max(1, Math.round(((at + 1) * minutes) / 2))} min`));
    return item;
  }));
  part("count").textContent = waiting.length || "";
  part("empty").hidden = waiting.length > 0;
  showMine(waiting, called, minutes);
}

function showMine(waiting, called, minutes) {
  const before = waiting.findIndex((ticket) => ticket.number === mine);
  const atDesk = called.find((ticket) => ticket.number === mine);
  const box = part("mine");
  box.hidden = mine === null || (before < 0 && !atDesk);
  if (box.hidden) return;
  const sentence = atDesk
    ? `It is your turn. Please come to desk ${atDesk.desk}.`
    : before === 0 ? "You are next." : `${before} before you, about ${Math.round((before * minutes) / 2)} minutes.`;
  box.replaceChildren(element("b", mine), element("span", sentence));
  if (!atDesk) {
    const leave = element("button", "Give it back");
    leave.onclick = () => act(async () => { await post("/api/leave", { number: mine }); keep(null); });
    box.append(leave);
  }
}

async function act(work) {
  part("said").textContent = "";
  try { await work(); } catch (error) { part("said").textContent = error.message; }
}

part("ticket").onsubmit = (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  void act(async () => {
    keep((await post("/api/tickets", Object.fromEntries(new FormData(form)))).number);
    form.reset();
    show(await (await fetch("/api/line")).json());
  });
};
for (const button of document.querySelectorAll("[data-desk]")) {
  button.onclick = () => act(() => post("/api/next", { desk: button.dataset.desk }));
}
const stream = new EventSource("/api/events");
stream.onopen = () => { part("state").textContent = "Live"; };
stream.onerror = () => { part("state").textContent = "Connecting again…"; };
stream.onmessage = (event) => show(JSON.parse(event.data));
