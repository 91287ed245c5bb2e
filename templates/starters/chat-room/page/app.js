// The page of the chat: one websocket for the room that is open, made again when it ends.
const part = (id) => document.getElementById(id);
const NAMES = ["Robin", "Sasha", "Kim", "Alex", "Noor", "Mika", "Charlie", "Lou"];
const remembered = (name, otherwise) => {
  try { return localStorage.getItem(name) ?? otherwise; } catch { return otherwise; }
};
const remember = (name, value) => {
  try { localStorage.setItem(name, value); } catch { /* a private window keeps nothing */ }
};

let me = remembered("chat.name", NAMES[Math.floor(Math.random() * NAMES.length)]);
let room = "";
let socket = null;
let wait = 500;
let quiet;

const element = (tag, text, name) => {
  const made = document.createElement(tag);
  made.textContent = text;
  if (name) made.className = name;
  return made;
};

function connect() {
  socket?.close();
  const way = location.protocol === "https:" ? "wss" : "ws";
  const mine = new WebSocket(`${way}://${location.host}/ws/${room}?name=${encodeURIComponent(me)}`);
  socket = mine;
  part("state").textContent = "Connecting…";
  mine.onopen = () => { wait = 500; part("state").textContent = ""; };
  mine.onmessage = (event) => { if (socket === mine) hear(JSON.parse(event.data)); };
  mine.onclose = () => {
    if (socket !== mine) return;
    part("state").textContent = "Connecting again…";
    setTimeout(() => { if (socket === mine) connect(); }, wait);
    wait = Math.min(wait * 2, 8000);
  };
}

function hear(fact) {
  if (fact.kind === "history") {
    part("log").replaceChildren(...fact.messages.map(line));
    part("log").scrollTop = part("log").scrollHeight;
  } else if (fact.kind === "message") {
    const log = part("log");
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    log.append(line(fact));
    if (atEnd || fact.name === me) log.scrollTop = log.scrollHeight;
    part("typing").textContent = "";
  } else if (fact.kind === "people") {
    part("people").replaceChildren(...fact.people.map((name) => element("li", name === me ? `${name} (you)` : name)));
    void showRooms();
  } else if (fact.kind === "typing") {
    part("typing").textContent = `${fact.name} is writing…`;
    clearTimeout(quiet);
    quiet = setTimeout(() => { part("typing").textContent = ""; }, 2500);
  }
}

function line({ name, text, at }) {
  const made = element("li", "", name === me ? "own" : "");
  const head = element("small", "");
  const when = new Date(at);
  const today = when.toDateString() === new Date().toDateString();
  const time = element("time", when.toLocaleString("en", today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" }));
  time.dateTime = at;
  head.append(element("strong", name), " ", time);
  made.append(head, element("p", text));
  return made;
}

async function showRooms() {
  const rooms = await (await fetch("/api/rooms")).json();
  if (!room) room = rooms.some((one) => one.id === remembered("chat.room", "")) ? remembered("chat.room", "") : rooms[0].id;
  part("rooms").replaceChildren(...rooms.map((one) => {
    const button = element("button", one.title);
    button.type = "button";
    const count = element("span", one.people || "");
    if (one.people) count.setAttribute("aria-label", `${one.people} here`);
    button.append(count);
    if (one.id === room) button.setAttribute("aria-current", "true");
    button.onclick = () => { room = one.id; remember("chat.room", room); part("log").replaceChildren(); connect(); void showRooms(); };
    return button;
  }));
  part("room").textContent = rooms.find((one) => one.id === room).title;
}

const say = part("say");
const send = (fact) => { if (socket?.readyState === WebSocket.OPEN) { socket.send(JSON.stringify(fact)); return true; } return false; };
say.onsubmit = (event) => {
  event.preventDefault();
  const text = say.elements.text.value.trim();
  if (text && send({ text })) say.reset();
};
say.elements.text.onkeydown = (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); say.requestSubmit(); }
};
let told = 0;
say.elements.text.oninput = () => {
  if (Date.now() - told > 2000) { told = Date.now(); send({ kind: "typing" }); }
};
const who = part("who");
who.elements.name.value = me;
who.onsubmit = (event) => { event.preventDefault(); who.elements.name.blur(); };
who.elements.name.onchange = () => {
  me = who.elements.name.value.trim() || me;
  who.elements.name.value = me;
  remember("chat.name", me);
  connect();
};
await showRooms();
connect();
