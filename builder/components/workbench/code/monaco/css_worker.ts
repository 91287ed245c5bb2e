import "monaco-editor/esm/vs/language/css/css.worker.js";
