"""The script that shows a project's app before the workbench is there: the first thing that a project's page runs.

After a reload it opens the frame that the page before noted (`session/frame/early_frame.ts`), whoever opens a project anew
sees what the server says it has ready (`first_words.py`). The app comes from the preview host while the workbench is loaded,
which waits for it a moment: beside it, it would take the processor from what the person looks at.
"""

from __future__ import annotations

from typing import Final

# As `preview/app_frame.tsx` gives them to every frame of an app.
SANDBOX: Final = "allow-scripts allow-same-origin allow-forms allow-modals allow-popups allow-popups-to-escape-sandbox allow-downloads allow-pointer-lock"
ALLOW: Final = "cross-origin-isolated; clipboard-write; fullscreen; autoplay"

# Where an app stands: from top, right, bottom and left. Below 900 px it has the whole width (`workbench.css`); beside it is
# the chat otherwise, as wide as the person left it (`controls/separator.tsx`), and a line.
_NARROW: Final = "[98,0,98,0]"
_WIDE: Final = "[90,0,33,1+Math.min(640,Math.max(300,Number(localStorage.getItem('sayso.chat.width'))||400))]"

EARLY_APP: Final = "".join(
    line.strip()
    for line in f"""
try{{(function(){{
var p=(/^\\/p\\/([^\\/]+)\\/?$/.exec(location.pathname)||[])[1];
if(!p)return;
var k='sayso.early.'+p,n=JSON.parse(sessionStorage.getItem(k)),u=document.documentElement.dataset.early;
sessionStorage.removeItem(k);
if(!Element.prototype.moveBefore)return;
var way=performance.getEntriesByType('navigation')[0].type;
if(way!=='reload')n=null;
if(way==='navigate'&&u&&!location.hash&&(localStorage.getItem('sayso.engine.'+p)||'instant')==='instant')
n={{url:u,attributes:{{sandbox:'{SANDBOX}',allow:'{ALLOW}'}},inset:matchMedia('(min-width:900px)').matches?{_WIDE}:{_NARROW}}};
if(!n)return;
var f=document.createElement('iframe'),o=new URL(n.url).origin;
for(var a in n.attributes)f.setAttribute(a,n.attributes[a]);
f.id='sayso-early';
f.dataset.project=p;
f.dataset.since=performance.timeOrigin+performance.now();
f.style.cssText='position:fixed;z-index:1;border:0;background:#fff;opacity:0;top:'+n.inset[0]+'px;left:'+n.inset[3]+'px;
width:calc(100% - '+(n.inset[1]+n.inset[3])+'px);height:calc(100% - '+(n.inset[0]+n.inset[2])+'px)';
addEventListener('message',function(e){{
if(e.source!==f.contentWindow||e.origin!==o)return;
if(e.data==='sayso:hello')f.dataset.hello='';
if(e.data==='sayso:painted'){{f.dataset.seen='';f.style.opacity='';f.dispatchEvent(new Event('seen'))}}
}});
window.saysoSeen=new Promise(function(seen){{f.addEventListener('seen',seen,{{once:true}});setTimeout(seen,1200)}});
f.src=n.url;
document.documentElement.appendChild(f);
setTimeout(function(){{if(f.id)f.remove()}},12000)
}})()}}catch(e){{}}""".splitlines()
)
"""Only a reload opens what a note says, and only once: an app that breaks the tab is not opened by the next one. An engine
that the person chose, and a place in the code that the address leads to, go before the app."""
