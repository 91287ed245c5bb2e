"""Mends of scripts: TypeScript, JavaScript, JSX, and what stands in the script blocks of Vue and Svelte."""
