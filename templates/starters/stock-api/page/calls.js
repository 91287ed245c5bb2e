// Every call that the API describes, each with a button that makes it.
export async function showCalls(list, done) {
  const { paths, components } = await (await fetch("/openapi.json")).json();
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, call] of Object.entries(methods)) {
      list.append(entry(method.toUpperCase(), path, call, components, done));
    }
  }
}

function entry(method, path, call, components, done) {
  const item = document.createElement("li");
  const body = example(call, components);
  item.innerHTML = `<div class="call"><span class="method"></span><code></code><button class="quiet">Try</button></div><p></p>`;
  item.querySelector(".method").textContent = method;
  item.querySelector("code").textContent = path;
  item.querySelector("p").textContent = call.summary;
  const button = item.querySelector("button");
  button.setAttribute("aria-label", `Try: ${call.summary}`);
  let text;
  if (body) {
    text = document.createElement("textarea");
    text.value = JSON.stringify(body, null, 2);
    text.rows = Object.keys(body).length + 2;
    text.setAttribute("aria-label", `What is sent: ${call.summary}`);
    item.append(text);
  }
  const said = document.createElement("pre");
  said.hidden = true;
  said.tabIndex = 0;
  item.append(said);
  button.onclick = async () => {
    said.hidden = false;
    try {
      const address = path.includes("{") ? path.replace(/\{\w+\}/, await lastItem()) : path;
      const answer = await fetch(address, {
        method,
        ...(text && { headers: { "Content-Type": "application/json" }, body: text.value }),
      });
      const got = await answer.text();
      said.textContent = `${method} ${address}\n${answer.status} ${answer.statusText}\n${got && JSON.stringify(JSON.parse(got), null, 2)}`;
      if (method !== "GET") done();
    } catch (error) {
      said.textContent = error.message;
    }
  };
  return item;
}

/** What is sent, made of the schema's own examples and defaults. */
function example(call, components) {
  const reference = call.requestBody?.content?.["application/json"]?.schema?.$ref;
  if (!reference) return null;
  const { properties, title } = components.schemas[reference.split("/").pop()];
  if (title === "ItemChange") return { quantity: 12 };
  return Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, field.examples?.[0] ?? field.default ?? ""]));
}

async function lastItem() {
  const items = await (await fetch("/api/items")).json();
  if (!items.length) throw new Error("There is no item: add one first.");
  return Math.max(...items.map((item) => item.id));
}
