"""What may be written, and how its fields look."""

from django import forms

from journal.models import Comment, Post


class PostForm(forms.ModelForm):
    class Meta:
        model = Post
        fields = ["title", "tag", "text", "draft"]
        labels = {"draft": "Keep it as a draft"}
        widgets = {"text": forms.Textarea(attrs={"rows": 16}), "tag": forms.TextInput(attrs={"list": "tags"})}

    def clean_tag(self) -> str:
        return self.cleaned_data["tag"].strip().lower()


class CommentForm(forms.ModelForm):
    class Meta:
        model = Comment
        fields = ["name", "text"]
        labels = {"name": "Your name", "text": "Your comment"}
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}
