import { createApp } from "vue"
import App from "./App.vue"
import { content } from "./content"
import "./index.css"

document.title = content.app.name
createApp(App).mount("#app")
