// Draws, tells the others, and shows what they draw.
import { Canvas } from "./canvas.js";

const part = (id) => document.getElementById(id);
const canvas = new Canvas(part("board"));
const me = Math.random().toString(36).slice(2, 10);
const mine = [];
let socket;
let wait = 500;
let colour = "ink";
let width = 6;
let drawing = null;
let told = 0;

const random = () => `${me}-${Math.random().toString(36).slice(2, 12)}`;
const send = (fact) => { if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(fact)); };

function connect() {
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
  socket.onopen = () => { wait = 500; };
  socket.onmessage = (event) => hear(JSON.parse(event.data));
  socket.onclose = () => {
    part("state").textContent = "Connecting again…";
    setTimeout(connect, wait);
    wait = Math.min(wait * 2, 8000);
  };
}

function hear(fact) {
  if (fact.kind === "board") canvas.strokes = new Map(fact.strokes.map((stroke) => [stroke.id, stroke]));
  else if (fact.kind === "stroke") canvas.strokes.set(fact.id, fact);
  else if (fact.kind === "remove") canvas.strokes.delete(fact.id);
  else if (fact.kind === "people") part("state").textContent = fact.count === 1 ? "Only you are here" : `${fact.count} people draw`;
  else if (fact.kind === "pointer") {
    clearTimeout(canvas.pointers.get(fact.who)?.gone);
    const gone = setTimeout(() => { canvas.pointers.delete(fact.who); canvas.draw(); }, 3000);
    canvas.pointers.set(fact.who, { ...fact, gone });
  }
  canvas.draw();
}

const board = part("board");
board.onpointerdown = (event) => {
  if (event.button !== 0) return;
  board.setPointerCapture(event.pointerId);
  const [x, y] = canvas.point(event);
  drawing = { id: random(), colour, width, points: [x, y, x + 0.1, y] };
  canvas.strokes.set(drawing.id, drawing);
  canvas.draw();
};
board.onpointermove = (event) => {
  for (const step of event.getCoalescedEvents?.() ?? [event]) if (drawing) drawing.points.push(...canvas.point(step));
  if (drawing) canvas.draw();
  if (Date.now() - told < 60) return;
  told = Date.now();
  const [x, y] = canvas.point(event);
  send({ kind: "pointer", who: me, x, y, colour });
  // The others see a long stroke grow.
  if (drawing) send({ kind: "stroke", ...drawing });
};
board.onpointerup = board.onpointercancel = () => {
  if (!drawing) return;
  send({ kind: "stroke", ...drawing });
  mine.push(drawing.id);
  part("undo").disabled = false;
  drawing = null;
};

part("undo").onclick = () => {
  const id = mine.pop();
  if (id) { canvas.strokes.delete(id); send({ kind: "remove", id }); canvas.draw(); }
  part("undo").disabled = mine.length === 0;
};
part("clear").onclick = ({ currentTarget: button }) => {
  // Everyone's drawing goes: asked a second time.
  if (button.textContent === "Wipe") {
    button.textContent = "Really?";
    setTimeout(() => { button.textContent = "Wipe"; }, 3000);
    return;
  }
  button.textContent = "Wipe";
  mine.length = 0;
  part("undo").disabled = true;
  send({ kind: "clear" });
};
addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "z") { event.preventDefault(); part("undo").click(); }
});

function choice(group, name, label, style, chosen, choose) {
  const made = document.createElement("label");
  const input = Object.assign(document.createElement("input"), { type: "radio", name, checked: chosen });
  const dot = document.createElement("span");
  dot.style.cssText = style;
  input.setAttribute("aria-label", label);
  input.onchange = choose;
  made.append(input, dot);
  part(group).append(made);
}
for (const name of ["ink", "red", "blue", "green", "amber"]) {
  choice("colours", "colour", name, `--colour: var(--${name})`, name === colour, () => { colour = name; });
}
for (const [value, label] of [[3, "fine"], [6, "medium"], [14, "broad"]]) {
  choice("widths", "width", label, `--width: ${value + 4}px`, value === width, () => { width = value; });
}
connect();
