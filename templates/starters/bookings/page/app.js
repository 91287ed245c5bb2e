// The board of one day, kept up to date through the same API that anyone may call.
const OPENS = 8;
const CLOSES = 18;
const part = (id) => document.getElementById(id);
const hour = (number) => `${String(number).padStart(2, "0")}:00`;
let rooms = [];
let chosen = null;

async function ask(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const found = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw new Error(typeof found.detail === "string" ? found.detail : found.detail[0].msg.replace("Value error, ", ""));
  return found;
}

function element(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function booked(booking) {
  const block = element("div", "", { class: "booking", style: `grid-row: ${booking.start - OPENS + 2} / span ${booking.hours}` });
  block.append(element("strong", booking.name), element("span", booking.about || "Booked"));
  const remove = element("button", "×", { class: "quiet", "aria-label": `Give back: ${booking.room}, ${hour(booking.start)}, ${booking.name}` });
  remove.onclick = () => act(() => ask("DELETE", `/api/bookings/${booking.id}`), `${booking.room} is free again at ${hour(booking.start)}.`);
  block.append(remove);
  return block;
}

function column(room, bookings) {
  const made = element("section", "", { class: "room", "aria-label": room.name });
  const head = element("div", "", { class: "head" });
  head.append(element("h2", room.name), element("p", `${room.seats} seats, ${room.has}`));
  made.append(head);
  const taken = new Set(bookings.flatMap(({ start, hours }) => Array.from({ length: hours }, (_, n) => start + n)));
  for (let time = OPENS; time < CLOSES; time++) {
    if (taken.has(time)) continue;
    const free = element("button", hour(time), { class: "free", style: `grid-row: ${time - OPENS + 2}`, "aria-label": `Book ${room.name} at ${hour(time)}` });
    free.onclick = () => open(room, time);
    made.append(free);
  }
  for (const booking of bookings) made.append(booked(booking));
  return made;
}

async function show() {
  rooms = rooms.length ? rooms : await ask("GET", "/api/rooms");
  const bookings = await ask("GET", `/api/days/${part("day").value}`);
  part("board").replaceChildren(...rooms.map((room) => column(room, bookings.filter((one) => one.room === room.name))));
  part("loading").hidden = true;
}

async function act(work, said = "") {
  try {
    await work();
    part("said").textContent = said;
    await show();
  } catch (error) {
    part("said").textContent = error.message;
  }
}

function open(room, time) {
  chosen = room;
  part("fault").textContent = "";
  part("dialog-title").textContent = `Book ${room.name}`;
  part("form").start.value = time;
  part("form").end.value = time + 1;
  part("dialog").showModal();
}

part("form").onsubmit = async (event) => {
  event.preventDefault();
  const { start, end, name, about } = Object.fromEntries(new FormData(event.target));
  try {
    await ask("POST", "/api/bookings", { room: chosen.id, day: part("day").value, start: Number(start), end: Number(end), name: name.trim(), about: about.trim() });
    part("dialog").close();
    await act(() => undefined, `${chosen.name} is yours from ${hour(Number(start))}.`);
  } catch (error) {
    part("fault").textContent = error.message;
  }
};
part("close").onclick = () => part("dialog").close();

function move(days) {
  const day = new Date(`${part("day").value}T12:00`);
  day.setDate(day.getDate() + days);
  part("day").value = day.toLocaleDateString("sv");
  void act(() => undefined);
}

part("before").onclick = () => move(-1);
part("after").onclick = () => move(1);
part("day").onchange = () => part("day").value && act(() => undefined);
for (let time = OPENS; time < CLOSES; time++) {
  part("form").start.append(element("option", hour(time), { value: time }));
  part("form").end.append(element("option", hour(time + 1), { value: time + 1 }));
}
part("day").value = new Date().toLocaleDateString("sv"); // Swedish dates are written as 2026-01-31
void act(() => undefined);
setInterval(() => { if (!document.hidden && !part("dialog").open) void show().catch(() => undefined); }, 15_000);
