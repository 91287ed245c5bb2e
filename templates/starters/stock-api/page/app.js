// The page: the items, kept up to date through the same API that anyone may call.
import { showCalls } from "./calls.js";

const part = (id) => document.getElementById(id);

export async function ask(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const found = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw new Error(typeof found.detail === "string" ? found.detail : found.detail[0].msg);
  return found;
}

function element(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function row(item) {
  const line = element("tr", "");
  const count = element("td", item.quantity.toLocaleString("en"), item.low ? { class: "low" } : {});
  if (item.low) count.append(element("small", `order, at least ${item.minimum}`));
  const change = element("td", "");
  for (const [sign, step, label] of [["−", -1, "Take one"], ["+", 1, "Put one"]]) {
    const button = element("button", sign, { class: "quiet", "aria-label": `${label}: ${item.name}` });
    button.disabled = item.quantity + step < 0;
    button.onclick = () => act(() => ask("PATCH", `/api/items/${item.id}`, { quantity: item.quantity + step }));
    change.append(button, " ");
  }
  const remove = element("button", "×", { class: "quiet", "aria-label": `Remove: ${item.name}` });
  remove.onclick = () => act(() => ask("DELETE", `/api/items/${item.id}`), `${item.name} was removed.`);
  change.append(remove);
  line.append(element("td", item.name), element("td", item.shelf), count, change);
  return line;
}

export async function show() {
  const query = new URLSearchParams({ search: part("search").value, low: String(part("low").checked) });
  const [items, summary] = await Promise.all([ask("GET", `/api/items?${query}`), ask("GET", "/api/summary")]);
  part("items").replaceChildren(...items.map(row));
  part("empty").hidden = items.length > 0;
  const counts = [["Items", summary.items], ["Pieces", summary.pieces], ["To order", summary.low]];
  part("summary").replaceChildren(...counts.map(([name, count]) => {
    const group = element("div", "");
    group.append(element("dt", name), element("dd", count.toLocaleString("en")));
    return group;
  }));
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

part("search").oninput = () => act(async () => {});
part("low").onchange = () => act(async () => {});
part("add").onsubmit = (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  const { name, shelf, quantity, minimum } = Object.fromEntries(new FormData(form));
  act(async () => {
    await ask("POST", "/api/items", { name, shelf, quantity: Number(quantity), minimum: Number(minimum) });
    form.reset();
    form.elements.name.focus();
  }, `${name} is on the shelf.`);
};
act(async () => {});
showCalls(part("calls"), () => act(async () => {}));
