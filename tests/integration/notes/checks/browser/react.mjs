import assert from "node:assert/strict";
import * as React from "react";
import * as client from "react-dom/client";
import * as dom from "react-dom";
import { jsx } from "react/jsx-runtime";
import { renderToString } from "react-dom/server";
import { faults } from "./tools.mjs";

export default {
  async ref() {
    const field = 'import { type Ref, useRef } from "react";\nfunction Field({ ref }: { ref?: Ref<HTMLInputElement> }) { return <input ref={ref} />; }\n';
    assert.equal(await faults(`${field}export const F = () => <Field ref={useRef<HTMLInputElement>(null)} />;`), "");
    let given;
    renderToString(jsx(({ ref }) => (given = ref, null), { ref: 5 }));
    assert.equal(given, 5);
  },
  async useRef() {
    assert.equal(await faults('import { useRef } from "react"; export const f = () => useRef<HTMLInputElement>(null);'), "");
    assert.match(await faults('import { useRef } from "react"; export const f = () => useRef<number>();'), /TS2554/);
  },
  async callback() {
    const box = 'import { useRef } from "react"; export function F() { const box = useRef<HTMLElement>(null); ';
    assert.equal(await faults(`${box} return <p ref={(el) => { box.current = el }} />; }`), "");
    assert.match(await faults(`${box} return <p ref={(el) => (box.current = el)} />; }`), /TS2322/);
  },
  async types() {
    assert.equal(await faults('import type { FormEvent, ReactNode } from "react"; export const f = (e: FormEvent): ReactNode => <p>{e.type}</p>;'), "");
    assert.match(await faults('import { FormEvent } from "react"; export const f = (e: FormEvent) => e;'), /TS1484/);
    assert.match(await faults("export const f = (): JSX.Element => <p />;"), /TS2503/);
    assert.match(await faults('import React from "react"; export const f = () => <p />;', { noUnusedLocals: true }), /TS6133/);
  },
  async children() {
    assert.match(await faults('import type { FC } from "react"; export const C: FC = ({ children }) => <p>{children}</p>;'), /TS2339/);
    assert.equal(await faults('import type { ReactNode } from "react"; export function Card({ children }: { children: ReactNode }) { return <p>{children}</p>; }'), "");
  },
  defaults() {
    const F = ({ a }) => jsx("i", { children: String(a) });
    F.defaultProps = { a: 1 };
    assert.equal(renderToString(jsx(F, {})), "<i>undefined</i>");
  },
  context() {
    const Theme = React.createContext("none");
    const Reader = () => React.useContext(Theme);
    assert.equal(renderToString(jsx(Theme, { value: "dark", children: jsx(Reader, {}) })), "dark");
  },
  entry() {
    assert.equal(typeof client.createRoot, "function");
    assert.deepEqual(["render", "findDOMNode", "hydrate"].filter((name) => name in dom), []);
  },
  forms() {
    assert.equal(typeof React.useActionState, "function");
    assert.equal(typeof dom.useFormStatus, "function");
  },
  head() {
    const page = jsx("html", { children: [jsx("head", {}, "h"), jsx("body", { children: jsx("title", { children: "Hi" }) }, "b")] });
    assert.equal(renderToString(page), "<html><head><title>Hi</title></head><body></body></html>");
  },
};
