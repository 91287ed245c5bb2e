from tests.browser.test_two_tabs import *  # noqa
from tests.browser.test_two_tabs import in_conflict, bar
def test_shots(server: Server, project: str, tabs: Tabs) -> None:
    asked, other, mine, theirs = in_conflict(server, project, tabs)
    expect(bar(asked)).to_be_visible()
    for scheme in ("light","dark"):
        asked.emulate_media(color_scheme=scheme)
        asked.evaluate("s => { document.documentElement.classList.toggle('dark', s==='dark'); document.documentElement.classList.toggle('light', s==='light'); document.documentElement.style.colorScheme=s }", scheme)
        for w,h in ((1280,800),(390,844)):
            asked.set_viewport_size({"width":w,"height":h}); asked.wait_for_timeout(600)
            if w==390:
                tab=asked.get_by_role("tab", name="Code")
                if tab.count(): tab.first.click(); asked.wait_for_timeout(600)
            asked.screenshot(path=f"/tmp/shots/{scheme}-{w}.png")
del test_both_texts_are_there_after_both_tabs_typed_at_once
