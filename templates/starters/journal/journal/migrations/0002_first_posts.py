"""A few posts, so that a new journal is not empty."""

from datetime import timedelta

from django.db import migrations
from django.utils import timezone

POSTS = [
    (
        3,
        "The long way to the bakery",
        "town",
        "It is four hundred metres to the bakery. This morning I took the other way round, along the canal, past the"
        " allotments and back over the railway bridge. Five kilometres for two rolls.\n\nThe allotments are the best"
        " part of it in October. Everyone is burning something, and everyone pretends not to notice that everyone else"
        " is burning something. A man I have never met gave me a pumpkin. I did not need a pumpkin. I have a pumpkin"
        " now.\n\nThe rolls were still warm.",
        [("Ines", "The pumpkin man is called Walter. He gives everyone a pumpkin.")],
    ),
    (
        12,
        "What to carry for one day",
        "gear",
        "People ask about shoes. Shoes matter less than you think and socks matter more.\n\nFor one day I carry: a"
        " litre of water, bread and cheese, an apple, a thin jacket, a paper map, a pencil. The pencil is for the"
        " map. I draw where I really went, which is never where the line was.\n\nThe phone is off at the bottom of"
        " the bag. It has been needed twice in eleven years, both times by somebody else.",
        [],
    ),
    (
        27,
        "Fog on the Hohe Warte",
        "hills",
        "You could not see the tower from the foot of the tower. I climbed it anyway, all 132 steps, to look at the"
        " inside of a cloud.\n\nAt the top stood a couple with a thermos who had been waiting for the view since"
        " nine. We waited together for an hour. For about ten seconds a field appeared, very bright, with one horse"
        " in it. Nobody took a picture. Then it closed again and we all went down happy.",
        [("Tomasz", "I was there in May. Blue sky, no horse. You had the better day."), ("Ada", "One horse is plenty.")],
    ),
    (
        41,
        "Night train, early start",
        "hills",
        "The trick is to sleep badly on a train so that you are already outside when the sun comes up. I got off at"
        " 5:12 in a village with no lights on and walked straight up.\n\nBy eight I had been alone for three hours"
        " and had breakfast on a wall. By nine the first people came the other way, clean and rested, and said good"
        " morning. It had been morning for a long time.",
        [],
    ),
]


def write(apps, schema_editor):
    post, comment = apps.get_model("journal", "Post"), apps.get_model("journal", "Comment")
    now = timezone.now()
    for days, title, tag, text, comments in POSTS:
        made = post.objects.create(title=title, tag=tag, text=text, written=now - timedelta(days=days))
        for name, said in comments:
            comment.objects.create(post=made, name=name, text=said, written=made.written + timedelta(hours=5))
    post.objects.create(title="Maps I still want to draw", tag="gear", text="A list, not finished.", draft=True)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
