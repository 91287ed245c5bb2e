import assert from "node:assert/strict";
import { compileScript, parse } from "@vue/compiler-sfc";
import * as vue from "vue";

const script = (text) => compileScript(parse(`<script setup lang="ts">${text}</script><template><p /></template>`).descriptor, { id: "x" }).content;
const COUNT = "const { count = 0 } = defineProps<{ count?: number }>();";

export default {
  props() {
    assert.match(script(`${COUNT} console.log(count)`), /console\.log\(__props\.count\)/);
    assert.match(script(`import { watch } from "vue"; ${COUNT} watch(() => count, () => {})`), /watch\(\(\) => __props\.count/);
    assert.throws(() => script(`import { watch } from "vue"; ${COUNT} watch(count, () => {})`), /Pass a getter/);
    assert.throws(() => script(`${COUNT} count = 2`), /readonly/);
  },
  model: () => assert.match(script("const text = defineModel<string>()"), /"modelValue": \{ type: String \}/),
  emits: () => assert.match(script("const emit = defineEmits<{ save: [id: number] }>()"), /emits: \["save"\]/),
  ref() {
    assert.equal(typeof vue.useTemplateRef, "function");
    assert.match(script('import { useTemplateRef } from "vue"; const field = useTemplateRef<HTMLInputElement>("field")'), /useTemplateRef/);
  },
  entry() {
    assert.equal(typeof vue.createApp, "function");
    assert.deepEqual(["set", "filter", "default"].filter((name) => name in vue), []);
    assert.match(script("let n = $ref(0)"), /\$ref\(0\)/); // left as it is, and so not defined
  },
};
