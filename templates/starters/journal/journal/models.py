"""Posts and what readers say to them."""

from django.db import models
from django.urls import reverse
from django.utils import timezone


class Post(models.Model):
    title = models.CharField(max_length=120)
    tag = models.CharField(max_length=30, blank=True)
    text = models.TextField(max_length=20_000)
    draft = models.BooleanField(default=False)
    written = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-written", "-id"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("post", args=[self.pk])

    @property
    def minutes(self) -> int:
        """How long it takes to read, at 220 words a minute."""
        return max(1, round(len(self.text.split()) / 220))


class Comment(models.Model):
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="comments")
    name = models.CharField(max_length=60)
    text = models.TextField(max_length=1_000)
    written = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["written"]

    def __str__(self) -> str:
        return f"{self.name} on {self.post}"
