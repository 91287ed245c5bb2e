"""An app with addresses of its own, as one HTML file: it starts at its first page, wherever the file lies, and leads on."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Errors, Server
from tests.browser.previews.single.test_single_page import exported
from tests.browser.workbench import imported
from tests.starters import served

PAGE = '<!doctype html><title>Addresses</title><div id="app"></div><script type="module" src="/src/main.{}"></script>'
REACT = {
    "package.json": '{"dependencies": {"react": "19.2.0", "react-dom": "19.2.0", "react-router-dom": "7.9.4"}}',
    "index.html": PAGE.format("jsx"),
    "src/main.jsx": """import { createRoot } from 'react-dom/client'
import { BrowserRouter, Link, Route, Routes, useNavigate, useParams, useSearchParams } from 'react-router-dom'
const Home = () => <main><h1>Home</h1><Link to="/tea/7?cups=2#end">Tea 7</Link></main>
const Tea = () => {
  const go = useNavigate(), [asked] = useSearchParams()
  return <main><h1>Tea {useParams().id}, {asked.get('cups')} cups</h1><button onClick={() => go('/')}>All</button></main>
}
createRoot(document.getElementById('app')).render(<BrowserRouter><Routes>
  <Route path="/" element={<Home />} /><Route path="/tea/:id" element={<Tea />} /><Route path="*" element={<h1>Nothing here</h1>} />
</Routes></BrowserRouter>)
""",
}
VUE = {
    "package.json": '{"dependencies": {"vue": "3.5.22", "vue-router": "4.6.3"}}',
    "index.html": PAGE.format("js"),
    "src/main.js": """import { createApp, h } from 'vue'
import { createRouter, createWebHistory, RouterLink, RouterView, useRoute, useRouter } from 'vue-router'
const Home = { render: () => h('main', [h('h1', 'Home'), h(RouterLink, { to: '/tea/7?cups=2#end' }, () => 'Tea 7')]) }
const Tea = { setup() { const route = useRoute(), router = useRouter(); return () => h('main', [
  h('h1', `Tea ${route.params.id}, ${route.query.cups} cups`), h('button', { onClick: () => router.push('/') }, 'All')]) } }
const Nothing = { render: () => h('h1', 'Nothing here') }
const routes = [{ path: '/', component: Home }, { path: '/tea/:id', component: Tea }, { path: '/:rest(.*)', component: Nothing }]
createApp({ render: () => h(RouterView) }).use(createRouter({ history: createWebHistory(), routes })).mount('#app')
""",
}
PLAIN = {
    "index.html": PAGE.format("js"),
    "src/main.js": """const app = document.querySelector('#app')
function show() {
  const tea = /^\\/tea\\/(\\d+)$/.exec(location.pathname)
  if (location.pathname === '/') app.innerHTML = '<h1>Home</h1><a href="/tea/7?cups=2#end">Tea 7</a>'
  else if (tea) app.innerHTML = `<h1>Tea ${tea[1]}, ${new URLSearchParams(window.location.search).get('cups')} cups</h1><button>All</button>`
  else app.innerHTML = '<h1>Nothing here</h1>'
}
addEventListener('popstate', show)
app.addEventListener('click', (event) => {
  const link = event.target.closest('a')
  if (link) { event.preventDefault(); history.pushState({}, '', link.href) } else if (event.target.closest('button')) history.pushState({}, '', '/')
  show()
})
show()
""",
}
# Its links are the browser's own, as of pages that a server has.
LINKS = {
    "index.html": PAGE.format("js").replace("<div", '<nav><a href="/">All</a></nav><div'),
    "src/main.js": """const tea = /^\\/tea\\/(\\d+)$/.exec(location.pathname), cups = new URLSearchParams(location.search).get('cups')
document.querySelector('#app').innerHTML = tea ? `<h1>Tea ${tea[1]}, ${cups} cups</h1><button onclick="document.querySelector('nav a').click()">All</button>`
  : location.pathname === '/' ? '<h1>Home</h1><a href="/tea/7?cups=2#end">Tea 7</a>' : '<h1>Nothing here</h1>'
""",
}
APPS = {"react-router": REACT, "vue-router": VUE, "plain": PLAIN, "links": LINKS}


@pytest.mark.parametrize("where", ["disk", "site"])
@pytest.mark.parametrize("app", APPS)
def test_it_starts_at_its_first_page_and_leads_to_the_others(
    app: str, where: str, server: Server, make_page: Callable[..., Page], errors: Errors, tmp_path: Path
) -> None:
    file = exported(server, imported(server, APPS[app]), tmp_path / "my app.html")
    page = make_page()
    with served(tmp_path) as site:
        page.goto(file.as_uri() if where == "disk" else f"{site}my%20app.html")
        shown = page.get_by_role("heading")
        expect(shown).to_have_text("Home")
        page.get_by_role("link", name="Tea 7").click()
        expect(shown).to_have_text("Tea 7, 2 cups")
        expect(page).to_have_url(re.compile(r"my%20app\.html#"))
        page.reload()
        expect(shown).to_have_text("Tea 7, 2 cups")
        page.get_by_role("button", name="All").click()
        expect(shown).to_have_text("Home")
        page.go_back()
        expect(shown).to_have_text("Tea 7, 2 cups")
        page.go_back()
        expect(shown).to_have_text("Home")
        page.go_forward()
        expect(shown).to_have_text("Tea 7, 2 cups")
