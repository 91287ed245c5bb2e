"""The pages of the journal."""

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from journal.forms import CommentForm, PostForm
from journal.models import Post

PER_PAGE = 8


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    search, tag = request.GET.get("search", "").strip()[:80], request.GET.get("tag", "")[:30]
    posts = Post.objects.filter(draft=False).annotate(said=Count("comments"))
    if search:
        posts = posts.filter(Q(title__icontains=search) | Q(text__icontains=search))
    if tag:
        posts = posts.filter(tag=tag)
    page = Paginator(posts, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "home.html", {"page": page, "tags": _tags(), "tag": tag, "search": search})


@require_GET
def drafts(request: HttpRequest) -> HttpResponse:
    return render(request, "drafts.html", {"posts": Post.objects.filter(draft=True)})


def post(request: HttpRequest, post_id: int) -> HttpResponse:
    found = get_object_or_404(Post, pk=post_id)
    form = CommentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.instance.post = found
        form.save()
        return redirect(f"{found.get_absolute_url()}#comments")
    others = Post.objects.filter(draft=False).exclude(pk=post_id)
    around = {"newer": others.filter(written__gt=found.written).last(), "older": others.filter(written__lt=found.written).first()}
    return render(request, "post.html", {"post": found, "form": form, **around}, status=422 if form.errors else 200)


def write(request: HttpRequest, post_id: int | None = None) -> HttpResponse:
    found = get_object_or_404(Post, pk=post_id) if post_id else None
    form = PostForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        return redirect(form.save())
    context = {"form": form, "post": found, "tags": _tags()}
    return render(request, "write.html", context, status=422 if form.errors else 200)


@require_POST
def delete(request: HttpRequest, post_id: int) -> HttpResponse:
    get_object_or_404(Post, pk=post_id).delete()
    return redirect("home")


@require_GET
def api(request: HttpRequest) -> JsonResponse:
    posts = Post.objects.filter(draft=False).values("id", "title", "tag", "text", "written")
    return JsonResponse({"posts": list(posts)})


def _tags() -> list[str]:
    return sorted(set(Post.objects.filter(draft=False).exclude(tag="").values_list("tag", flat=True)))
