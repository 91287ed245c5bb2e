"""Which address shows what."""

from django.urls import path

from journal import views

urlpatterns = [
    path("", views.home, name="home"),
    path("drafts/", views.drafts, name="drafts"),
    path("write/", views.write, name="write"),
    path("write/<int:post_id>/", views.write, name="change"),
    path("delete/<int:post_id>/", views.delete, name="delete"),
    path("post/<int:post_id>/", views.post, name="post"),
    path("api/posts/", views.api, name="api"),
]
