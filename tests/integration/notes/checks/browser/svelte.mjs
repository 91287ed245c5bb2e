import assert from "node:assert/strict";
import * as svelte from "svelte";
import * as reactivity from "svelte/reactivity";
import { compile, compileModule } from "svelte/compiler";
import { outcome } from "./tools.mjs";

const made = (text) => compile(text, { generate: "client", filename: "App.svelte" }).js.code;
const fails = (text, code) => assert.throws(() => made(text), { code });
const STATE = "<script>let n = $state(0);";

export default {
  runes() {
    assert.ok(made(`${STATE} let d = $derived(n * 2); let e = $derived.by(() => n); $effect(() => console.log(n)); n = 1</script>{d}{e}`));
    fails(`${STATE} $: d = n * 2</script>{d}`, "legacy_reactive_statement_invalid");
    fails(`${STATE} export let a</script>{a}`, "legacy_export_invalid");
  },
  props() {
    assert.ok(made("<script>let { title, size = 1, value = $bindable(), children } = $props()</script>{title}{size}{value}{@render children?.()}"));
  },
  events() {
    assert.ok(made(`${STATE}</script><button onclick={() => n++}>x</button>`));
    fails(`${STATE}</script><button onclick|preventDefault={() => n++}>x</button>`, "attribute_invalid_name");
    fails(`${STATE}</script><button onclick={() => n++} on:click={() => n++}>x</button>`, "mixed_event_handler_syntaxes");
  },
  children: () => fails("<script>let { children } = $props()</script><slot />{@render children?.()}", "slot_snippet_conflict"),
  mount() {
    assert.equal(typeof svelte.mount, "function");
    assert.match(made("<p>x</p>"), /export default function App\(\$\$anchor/);
  },
  async collections() {
    for (const name of ["SvelteMap", "SvelteSet", "SvelteDate"]) assert.equal(typeof reactivity[name], "function");
    const { proxy } = await import("svelte/internal/client"); // what $state(…) is compiled to
    const map = new Map(), list = [];
    assert.equal(proxy(map), map);
    assert.notEqual(proxy(list), list);
  },
  async modules() {
    assert.match(compileModule("export const n = $state({ a: 1 })", { filename: "name.svelte.ts", generate: "client" }).js.code, /\$\.proxy/);
    assert.match(await outcome("export const n = $state(0)"), /\$state is not defined/);
  },
  const() {
    assert.ok(made("{#each [1] as x}{@const y = x}<p>{y}</p>{/each}"));
    fails("{#each [1] as x}<p>{@const y = x}{y}</p>{/each}", "const_tag_invalid_placement");
  },
  tables() {
    fails("<table><tr><td>a</td></tr></table>", "node_invalid_placement");
    for (const part of ["thead", "tbody", "tfoot"]) assert.ok(made(`<table><${part}><tr><td>a</td></tr></${part}></table>`));
  },
};
