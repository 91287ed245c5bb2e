package lending;

import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The page, as text. Whatever somebody typed goes through {@link #escape}. */
final class Page {
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("d MMMM", Locale.ENGLISH);
    private static final String FRAME = """
            <!doctype html>
            <html lang="en">
              <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>Lent Out</title>
                <link rel="icon" href="data:,">
                <link rel="stylesheet" href="/style.css">
              </head>
              <body>
                <header><h1>Lent Out</h1><p>%s</p></header>
                <main>
                  <form class="lend" method="post" action="/loans">
                    <label>What<input name="thing" list="things" required maxlength="60" autocomplete="off"></label>
                    <label>Who<input name="who" required maxlength="60" autocomplete="off"></label>
                    <label>Back on<input name="until" type="date" required min="%s" value="%s"></label>
                    <button>Lend</button>
                    <datalist id="things">%s</datalist>
                    %s
                  </form>
                  <section aria-labelledby="out"><h2 id="out">Out</h2><ul>%s</ul></section>
                  <section aria-labelledby="back"><h2 id="back">Back</h2><ul class="returned">%s</ul></section>
                </main>
              </body>
            </html>
            """;

    private Page() {}

    static String of(List<Loan> loans, Collection<String> things, String fault) {
        List<Loan> out = loans.stream().filter(Loan::out).toList();
        long late = out.stream().filter(loan -> loan.left() < 0).count();
        String sum = out.isEmpty() ? "Everything is in its place." : out.size() + " out, " + (late == 0 ? "none overdue." : late + " overdue.");
        LocalDate today = LocalDate.now();
        return FRAME.formatted(
                sum, today, today.plusDays(7),
                things.stream().map(thing -> "<option value=\"" + escape(thing) + "\">").collect(Collectors.joining()),
                fault.isEmpty() ? "" : "<p class=\"fault\" role=\"alert\">" + escape(fault) + "</p>",
                out.isEmpty() ? "<li class=\"empty\">Nothing is out.</li>" : out.stream().map(Page::card).collect(Collectors.joining()),
                loans.stream().filter(loan -> !loan.out()).limit(12).map(Page::returned).collect(Collectors.joining()));
    }

    private static String card(Loan loan) {
        long left = loan.left();
        String state = left < 0 ? "late" : left <= 1 ? "soon" : "fine";
        String words = left < -1 ? -left + " days late" : left == -1 ? "1 day late" : left == 0 ? "back today" : left == 1 ? "back tomorrow" : left + " days left";
        return """
                <li data-state="%s">
                  <div><strong>%s</strong><span>%s, since %s</span></div>
                  <p><b>%s</b><span>%s</span></p>
                  <div class="acts">%s%s</div>
                </li>
                """.formatted(state, escape(loan.thing()), escape(loan.who()), DAY.format(loan.from()), words, DAY.format(loan.until()),
                button("/back", loan, "It is back", ""), button("/longer", loan, "A week longer", "quiet"));
    }

    private static String button(String path, Loan loan, String words, String style) {
        return "<form method=\"post\" action=\"%s\"><input type=\"hidden\" name=\"id\" value=\"%d\"><button class=\"%s\" aria-label=\"%s: %s\">%s</button></form>"
                .formatted(path, loan.id(), style, words, escape(loan.thing()), words);
    }

    private static String returned(Loan loan) {
        return "<li><strong>%s</strong><span>%s</span><span>%s</span></li>".formatted(escape(loan.thing()), escape(loan.who()), DAY.format(loan.back()));
    }

    static String json(List<Loan> loans) {
        return loans.stream()
                .map(loan -> "{\"id\":%d,\"thing\":%s,\"who\":%s,\"until\":\"%s\",\"out\":%b}".formatted(loan.id(), quoted(loan.thing()), quoted(loan.who()), loan.until(), loan.out()))
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char sign : text.toCharArray()) {
            if (sign == '"' || sign == '\\') {
                out.append('\\').append(sign);
            } else if (sign < ' ') {
                out.append("\\u%04x".formatted((int) sign));
            } else {
                out.append(sign);
            }
        }
        return out.append('"').toString();
    }

    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;").replace("'", "&#39;");
    }
}
