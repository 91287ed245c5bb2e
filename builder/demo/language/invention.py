"""Material for a subject that is in no topic file: grammatical, plain, made of the person's own nouns."""

from __future__ import annotations

from builder.demo.language import words
from builder.demo.language.topic import Item, Task, Topic
from builder.demo.language.wording import WORKPLACES, Wording


def invented(wording: Wording, *, goods: bool = False) -> Topic:
    """A topic made of the subject's words. `goods`: its items are sold (a shop); otherwise they are things that a
    person keeps."""
    w = wording
    return Topic(
        key=words.slug(w.phrase), subject=w.about, one=w.one, many=w.many, words=frozenset({w.one, w.many}), accent="#3b5ba9",
        items=goods_of(w) if goods else entries_of(w), tasks=tasks_of(w), notes=notes_of(w), messages=messages_of(w), generic=True,
    )  # fmt: skip


def goods_of(w: Wording) -> tuple[Item, ...]:
    w = _wares(w)
    one = w.one if not words.is_plural(w.one) else words.singular(w.one)
    big, rest = words.title(one), w.many
    kinds = [
        (f"Classic {one}", "Favourites", "The one most people start with, and many stay with."),
        (f"Small {one}", "Small", "Everything you need in a smaller size."),
        (f"{big} gift set", "Gifts", "Wrapped, with a card, and ready to give."),
        (f"Large {one}", "Large", "For a full house and for those who use it daily."),
        (f"Seasonal {one}", "Favourites", "Only here for a few weeks, then replaced by the next."),
        (f"{big} starter set", "Gifts", f"All it takes to begin with {rest}."),
        (f"Limited-edition {one}", "Large", "A numbered batch that will not be repeated."),
        (f"Travel-size {one}", "Small", "Made for a bag, a desk or a weekend away."),
        (f"{big} care kit", "Care", f"Keeps {rest} in good shape for years."),
        (f"{big} gift card", "Care", "Let them choose for themselves."),
    ]
    return tuple(Item(words.sentence(n), c, t) for n, c, t in kinds)


def _wares(w: Wording) -> Wording:
    """A "lemonade stand" sells lemonade."""
    parts = w.one.split()
    if len(parts) > 1 and parts[-1].lower() in WORKPLACES:
        bare = " ".join(parts[:-1])
        return Wording(bare, bare, bare, words.plural(bare), words.is_mass(bare), True)
    return w


def entries_of(w: Wording) -> tuple[Item, ...]:
    big = words.sentence(w.one)
    about = w.about
    kinds = [
        (f"{big} basics", "Start here", f"What everyone should know about {about} before anything else."),
        (f"{big} checklist", "Planning", "Ten short lines to go through before starting."),
        (f"A week of {w.many}", "Planning", "One small step a day, with Sunday left free."),
        (f"{big} equipment", "Practical", "What is needed, what is nice to have, and what can wait."),
        (f"{big} questions", "Start here", f"The things people ask about {about} most often."),
        (f"{big} contacts", "People", "Who to call, write to or visit."),
        (f"{big} costs", "Practical", "What was spent so far and what is still to come."),
        (f"{big} ideas", "Ideas", "Collected along the way, to be tried one at a time."),
        (f"{big} highlights", "Ideas", "The moments worth keeping."),
        (f"{big} people", "People", f"Everyone who has something to do with {about}."),
    ]
    return tuple(Item(n, c, t) for n, c, t in kinds)


def tasks_of(w: Wording) -> tuple[Task, ...]:
    a = w.about
    return (
        Task(f"Write down the goal for {a}", "Planning"), Task(f"Make a list of everything {a} will need", "Practical"),
        Task(f"Ask someone with experience about {a}", "People"), Task(f"Set a date to look at {a} again", "Planning"),
        Task(f"Compare three options for {a}", "Practical"), Task(f"Share the {w.one} plan with the others", "People"),
        Task(f"Put the {w.one} dates in the calendar", "Planning"), Task(f"Decide on a budget for {a}", "Practical"),
        Task(f"Take photos for the {w.one} album", "Extras"), Task(f"Sort the {w.one} notes", "Extras"),
    )  # fmt: skip


def habits_of(w: Wording) -> tuple[Task, ...]:
    """Repeated activities around a subject: the rows of a habit tracker."""
    a, one = w.about, words.sentence(w.one)
    return (
        Task(f"{one} in the morning", "Daily"), Task(f"Ten minutes for {a}", "Daily"), Task(f"{one} in the evening", "Daily"), Task(f"Write a line about {a}", "Reflect"),
        Task(f"Plan tomorrow's {w.one}", "Prepare"), Task(f"Look back on {a}", "Reflect"), Task(f"Get things ready for {a}", "Prepare"), Task(f"Tell a friend about {a}", "Reflect"),
    )  # fmt: skip


def bookings_of(w: Wording, people: tuple[str, ...]) -> tuple[Task, ...]:
    """Appointments: the entries of a booking calendar."""
    p = people
    return (
        Task(f"{p[0]}, first visit", "First visits"), Task(f"{p[1]}, as usual", "Regulars"), Task("Group of six", "Groups"), Task(f"{p[2]} and a friend", "Regulars"), Task(f"{p[3]}, a question about {w.about}", "First visits"),
        Task(f"{p[4]}, new date", "Regulars"), Task("Group of twelve, paid ahead", "Groups"), Task(f"{p[5]}, first visit", "First visits"), Task(f"Kept free for {w.about}", "Groups"), Task(f"{p[6]}, as usual", "Regulars"),
    )  # fmt: skip


def addresses_of(w: Wording) -> tuple[Item, ...]:
    """Places of one kind, as a directory lists them; the names are made up."""
    one = w.one if not words.is_plural(w.one) else words.singular(w.one)
    an = words.with_article(one)
    lines = [
        ("The Blue Door", "Centre", f"Small {one} by the market, open every day."), ("Old Mill", "By the river", f"{words.sentence(an)} with a terrace and a long view."), ("Number Nine", "Centre", "Ring the bell. It is worth it."),
        ("Garden Gate", "North", f"The newest of the {w.many} in town, and already loved."), ("Lantern Street", "North", "Late hours, friendly people, no need to book."), ("North Pier", "By the river", f"{words.sentence(an)} that regulars keep to themselves."),
        ("Corner House", "Centre", "In the same family for forty years."), ("Chestnut Yard", "South", "Sit outside under the trees until September."), ("Riverside", "By the river", f"One of the {w.many} that people come back to."),
        ("The Green Table", "Centre", "Closed on Mondays, full on Fridays."),
    ]  # fmt: skip
    return tuple(Item(n, c, t) for n, c, t in lines)


def pairs_of(w: Wording) -> tuple[Item, ...]:
    """The pictures under the cards of a memory game."""
    kinds = [
        ("Sleepy", "Turned over at last, and still yawning."),
        ("Giant", "Hardly fits on its card."),
        ("Tiny", "Easy to miss, hard to forget."),
        ("Golden", "The one everybody looks for."),
        ("Spotted", "No two spots are the same."),
        ("Striped", "Twelve stripes, if you count the thin ones."),
        ("Flying", "Only stayed because of its twin."),
        ("Grumpy", "Did not want to be found."),
        ("Dancing", "Never in the same place twice, except here."),
        ("Secret", "Now you know."),
        ("Winter", "Brought its own scarf."),
        ("Midnight", "Best seen with the lights off."),
    ]
    one = w.one if w.mass or not words.is_plural(w.one) else words.singular(w.one)
    return tuple(Item(f"{kind} {one}", kind, text) for kind, text in kinds)


def notes_of(w: Wording) -> tuple[tuple[str, str], ...]:
    a, one = w.about, w.one
    return (
        (
            f"{words.sentence(one)} basics",
            f"Three things to remember about {a}: start small, write down what worked, and ask early when something is unclear.",
        ),
        (
            f"Ideas for {a}",
            f"Collected over the last weeks. Pick one, try it for seven days, and keep only what makes {a} better.",
        ),
        (
            f"Questions about {a}",
            f"What do we still not know about {a}? Who could tell us? What would we do differently next time?",
        ),
        (
            f"{words.sentence(one)} plan",
            f"This month: prepare. Next month: begin. Look at how {a} is going every Friday and adjust.",
        ),
        (
            f"What {a} will cost",
            f"A rough list of what {a} needs, with prices to check and things we could borrow instead.",
        ),
        (f"{words.sentence(one)} contacts", f"People who know about {a}, and the best time to reach them."),
    )


def messages_of(w: Wording) -> tuple[str, ...]:
    a = w.about
    return (
        f"Hi! Is this the right place to talk about {a}?", f"It is. What would you like to know about {a}?", f"I'm quite new to this. Where should I start with {a}?",
        "Start small and ask often. Everyone here began the same way.", f"Has anyone got news about {a}?", f"Yes, I put it in the {w.one} notes this morning.",
        "Perfect, I'll have a look tonight.", f"Shall we meet on Thursday and go through {a} together?", "Thursday works for me. Same place as last time?", "See you there.",
    )  # fmt: skip


def costs_of(w: Wording) -> tuple[Item, ...]:
    """What people spend money on around a subject: the entries of an expense tracker."""
    one, kinds = words.sentence(w.one), w.about
    lines = [
        (f"{one} supplies", "Supplies"), (f"Train tickets for {kinds}", "Travel"), (f"{one} insurance", "Fixed costs"), (f"New equipment for {kinds}", "Supplies"), (f"{one} course", "Learning"),
        (f"{one} repairs", "Repairs"), (f"Coffee after {kinds}" if w.mass else f"A book about {kinds}", "Learning"), (f"{one} deposit", "Fixed costs"), (f"Delivery for {kinds}", "Travel"), (f"{one} extras", "Extras"),
        (f"{one} subscription", "Fixed costs"), (f"Gift for {one.lower() if one[1:].islower() else one} helpers", "Extras"),
    ]  # fmt: skip
    return tuple(Item(n, c, f"{n}, paid by card.") for n, c in lines)


def rows_of(w: Wording) -> tuple[Item, ...]:
    """What a dashboard counts around a subject; it never counts goods, since nobody sells an election result."""
    one, many = words.sentence(w.one), w.about if w.mass else w.many
    many = many.removeprefix("the ").removeprefix("our ")
    lines = [
        (f"New {many}", "New"), (f"Returning {many}", "Regular"), (f"Weekend {many}", "Regular"), (f"{one} online", "Online"), (f"Seasonal {many}", "Seasonal"),
        (f"{one} on site", "New"), (f"{one} by phone", "Online"), (f"Early {many}", "Seasonal"), (f"Late {many}", "Regular"), (f"Other {many}", "Online"),
    ]  # fmt: skip
    return tuple(Item(words.sentence(n), c, f"{words.sentence(n)}, counted every week.") for n, c in lines)


def programme_of(w: Wording) -> tuple[Item, ...]:
    """The questions of guests about a day with many people."""
    a = w.about
    lines = [
        ("When and where", "Practical", f"The day, the hour and the address of {a}."), ("The programme", "The day", f"What happens at {a}, from the welcome to the last song."), ("Food and drink", "The day", "Something for everyone. Tell us what you do not eat."),
        ("Music", "The day", "Live until ten, then louder."), ("For children", "Practical", "A quiet corner, a table to draw at, and somebody to watch."), ("How to get there", "Practical", "By train, by bike, or in a shared car."),
        ("Lend a hand", "Practical", f"Two hours of help make {a} possible."), ("Photos", "The day", f"All pictures of {a} in one place afterwards."),
    ]  # fmt: skip
    return tuple(Item(n, c, t) for n, c, t in lines)


def offers_of(w: Wording) -> tuple[Item, ...]:
    """The services of a person whose trade this is."""
    one, about = words.sentence(w.one), w.about
    lines = [
        (f"{one} for beginners", "First steps", f"We begin with the basics of {about} and go at your pace."), (f"{one} made for you", "Made for you", "You say what matters, we do the rest."),
        (f"{one} all year round", "Regular", f"A fixed date, the same people, and {about} you need not think about."), (f"{one} as a gift", "Made for you", "In an envelope or a box, ready to be given."),
        (f"Advice on {about}", "First steps", f"Half an hour of honest answers about {about}."), (f"{one} for groups", "Regular", "For teams, classes and families, from four people on."),
        (f"{one}, express", "Regular", "When it has to be this week."), (f"An afternoon of {about}", "First steps", "Come by, look around, ask everything."),
    ]  # fmt: skip
    return tuple(Item(n, c, t) for n, c, t in lines)
