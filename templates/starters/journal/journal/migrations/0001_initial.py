"""The tables."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Post",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=120)),
                ("tag", models.CharField(blank=True, max_length=30)),
                ("text", models.TextField(max_length=20000)),
                ("draft", models.BooleanField(default=False)),
                ("written", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={"ordering": ["-written", "-id"]},
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("text", models.TextField(max_length=1000)),
                ("written", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="journal.post"
                    ),
                ),
            ],
            options={"ordering": ["written"]},
        ),
    ]
