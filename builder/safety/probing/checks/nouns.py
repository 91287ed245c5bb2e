"""What things of an app are: somebody's own, meant for all, or worked on together."""

from __future__ import annotations

from typing import Final

from builder.safety.probing.asking import stem

PERSONAL: Final = frozenset(
    ["order", "invoice", "payment", "transaction", "address", "note", "diary", "journal", "entry", "document", "file", "upload", "contact", "customer", "patient", "prescription", "appointment", "booking", "reservation", "expense", "budget", "salary", "payslip", "account", "card", "profile", "setting", "preference", "ticket", "cart", "basket", "wish", "wishlist", "favourite", "favorite", "password", "secret", "credential", "vault", "record", "health", "habit", "goal", "letter", "dm", "inbox", "mail", "email", "task", "todo", "reminder", "subscription", "user", "loan", "claim", "medication", "treatment", "receipt", "statement", "transfer", "wallet", "message", "notification", "draft", "purchase", "checkout", "bill", "symptom", "weight", "workout", "meal", "private", "client", "employee", "application", "resume", "cv", "bookmark", "key", "token", "device", "log-entry", "memory", "dream", "report", "lead", "visit", "result", "grade", "prescription", "insurance", "member", "person", "people", "me"]
)
SOCIAL: Final = frozenset(
    ["post", "article", "blog", "comment", "review", "question", "answer", "topic", "thread", "forum", "room", "channel", "event", "product", "recipe", "movie", "film", "song", "album", "poll", "quiz", "vote", "page", "wiki", "tag", "category", "news", "feed", "tweet", "toot", "story", "gallery", "listing", "ad", "course", "lesson", "menu", "restaurant", "place", "group", "announcement", "idea", "feedback", "suggestion", "guestbook", "photo", "picture", "game", "team", "project-gallery", "job", "book", "leaderboard", "score", "snippet", "paste", "status", "faq", "testimonial", "rating", "public", "share", "shared", "showcase", "short-link", "meme", "joke", "quote"]
)
TOGETHER: Final = frozenset(["board", "card", "column", "kanban", "wiki", "page", "room", "list-item", "shared-list", "item-list", "label", "sprint", "lane", "whiteboard", "stroke", "canvas", "drawing", "sheet", "cell"])
_OPENED: Final = frozenset(("public", "shared", "share", "s", "p", "explore", "discover", "browse", "feed"))
ADMIN: Final = frozenset(("admin", "admins", "administration", "internal", "staff", "backoffice", "back-office", "superuser", "moderation", "sysadmin", "root", "impersonate", "console"))
OWNERS: Final = frozenset(("user_id", "userid", "owner", "owner_id", "ownerid", "author_id", "authorid", "account_id", "accountid", "created_by", "createdby", "customer_id", "customerid", "user", "author", "uid", "sender_id", "seller_id", "member_id"))


def is_personal(noun: str) -> bool:
    return stem(noun) in PERSONAL or any(stem(part) in PERSONAL for part in noun.lower().replace("_", "-").split("-"))


def is_social(noun: str) -> bool:
    return stem(noun) in SOCIAL


def is_together(noun: str) -> bool:
    return stem(noun) in TOGETHER


def is_opened(segments: list[str]) -> bool:
    """Whether a path says that it is meant for everybody."""
    return any(part in _OPENED for part in segments)
