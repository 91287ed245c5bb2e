import { mount } from "svelte"
import App from "./App.svelte"
import { content } from "./content"
import "./index.css"

document.title = content.app.name

const target = document.getElementById("app")
if (target) mount(App, { target })
