// Draws what the server measures: the last five minutes at once, then each second as it comes.
const SECONDS = 300;
const LEAST = 30;
const charts = new Map([...document.querySelectorAll(".chart")].map((section) => [section.dataset.name, section]));
const part = (id) => document.getElementById(id);
const samples = [];
const warned = {};
let limits = {};

function draw(name, section) {
  const end = samples.at(-1).at;
  const shown = samples.map((sample) => [sample.at, sample[name]]);
  // A page that has measured for half a minute shows that, and not four empty ones.
  const span = Math.min(Math.max(end - shown[0][0], LEAST), SECONDS);
  const highest = Math.max(...shown.map(([, value]) => value), 1);
  const top = nice(Math.max(highest * 1.15, (limits[name] ?? 0) <= highest * 3 ? limits[name] ?? 0 : 0));
  const x = (at) => ((at - end + span) / span) * 600;
  const y = (value) => 180 - (value / top) * 180;
  const points = shown.map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`);
  const first = x(shown[0][0]).toFixed(1);
  const limit = limits[name] <= top ? `<line class="limit" x1="0" x2="600" y1="${y(limits[name])}" y2="${y(limits[name])}"/>` : "";
  const grid = [0, 0.5, 1].map((share) => `<line class="grid" x1="0" x2="600" y1="${180 * share}" y2="${180 * share}"/>`).join("");
  section.querySelector("figure").innerHTML =
    `<svg viewBox="0 0 600 180" preserveAspectRatio="none" role="img" aria-label="The last ${age(span)}, up to ${top}">${grid}${limit}` +
    `<polygon class="area" points="${first},180 ${points.join(" ")} 600,180"/><polyline class="curve" points="${points.join(" ")}"/></svg>` +
    `<figcaption><span>${age(span)} ago</span><span>scale 0 to ${top}</span><span>now</span></figcaption>`;
  const value = shown.at(-1)[1];
  section.querySelector("output").textContent = value.toLocaleString("en", { maximumFractionDigits: 1 });
  section.toggleAttribute("data-over", limits[name] !== undefined && value > limits[name]);
}

const age = (seconds) => (seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`);

/** The next of 1, 2, 5, 10, 20, 50 … that is not below `value`. */
function nice(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value);
}

function take(sample) {
  samples.push(sample);
  while (samples[0].at < sample.at - SECONDS) samples.shift();
  for (const [name, limit] of Object.entries(limits)) {
    const over = sample[name] > limit;
    if (over && !warned[name]) warn(name === "cpu" ? "Processor" : "Memory", sample[name], name === "cpu" ? "%" : "MB");
    warned[name] = over;
  }
}

function warn(what, value, unit) {
  const line = document.createElement("li");
  const time = document.createElement("time");
  time.textContent = new Date().toLocaleTimeString("en", { hour12: false });
  line.append(`${what} at ${value} ${unit}`, time);
  part("warnings").querySelector(".none")?.remove();
  part("warnings").prepend(line);
}

const show = () => { if (samples.length) charts.forEach((section, name) => draw(name, section)); };

async function begin() {
  limits = await (await fetch("/api/limits")).json();
  for (const [name, value] of Object.entries(limits)) part("limits").elements[name].value = value;
  samples.push(...(await (await fetch(`/api/history?seconds=${SECONDS}`)).json()));
  show();
  const stream = new EventSource("/api/stream");
  stream.onopen = () => { part("state").textContent = "Live, one measurement a second"; part("state").toggleAttribute("data-live", true); };
  stream.onerror = () => { part("state").textContent = "Connecting again…"; part("state").toggleAttribute("data-live", false); };
  stream.onmessage = (event) => { take(JSON.parse(event.data)); show(); };
}

part("work").onclick = async ({ currentTarget }) => {
  currentTarget.disabled = true;
  try { await fetch("/api/work", { method: "POST" }); } finally { currentTarget.disabled = false; }
};
part("limits").onsubmit = async (event) => {
  event.preventDefault();
  const { cpu, memory } = Object.fromEntries(new FormData(event.currentTarget));
  const answer = await fetch("/api/limits", {
    method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ cpu: Number(cpu), memory: Number(memory) }),
  });
  if (answer.ok) limits = await answer.json();
  part("said").textContent = answer.ok ? "Kept." : "A limit is a number above zero, for the processor at most 100.";
  show();
};
part("warnings").innerHTML = '<li class="none">None since this page was opened.</li>';
void begin();
