package lending;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;

/** The lending desk: pages and an API, with the HTTP server that comes with Java. */
public final class Main {
    private static final int LONGEST = 16_384;
    private static final Loans LOANS = new Loans(Path.of("data", "loans.tsv"));

    private Main() {}

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
        HttpServer server = HttpServer.create(new InetSocketAddress("0.0.0.0", port), 0);
        server.setExecutor(Executors.newFixedThreadPool(8));
        server.createContext("/", Main::answer);
        server.start();
        System.out.println("Listening at port " + port);
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            try {
                route(exchange);
            } catch (Refused refused) {
                send(exchange, 422, "text/html", Page.of(LOANS.all(), LOANS.things(), refused.getMessage()));
            } catch (RuntimeException mistake) {
                mistake.printStackTrace();
                send(exchange, 500, "text/plain", "The server made a mistake. Try again.\n");
            }
        }
    }

    private static void route(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        boolean post = exchange.getRequestMethod().equals("POST");
        if (path.equals("/") && !post) {
            send(exchange, 200, "text/html", Page.of(LOANS.all(), LOANS.things(), ""));
        } else if (path.equals("/style.css")) {
            send(exchange, 200, "text/css", Files.readString(Path.of("page", "style.css")));
        } else if (path.equals("/api/loans") && !post) {
            send(exchange, 200, "application/json", Page.json(LOANS.all()));
        } else if (path.equals("/loans") && post) {
            Map<String, String> form = form(exchange);
            LOANS.lend(field(form, "thing", "What is lent?"), field(form, "who", "Who gets it?"), day(form.get("until")));
            redirect(exchange);
        } else if (path.equals("/back") && post) {
            LOANS.back(number(form(exchange).get("id")));
            redirect(exchange);
        } else if (path.equals("/longer") && post) {
            LOANS.longer(number(form(exchange).get("id")));
            redirect(exchange);
        } else {
            send(exchange, 404, "text/plain", "There is nothing here.\n");
        }
    }

    private static Map<String, String> form(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(LONGEST);
        Map<String, String> fields = new HashMap<>();
        for (String pair : new String(body, StandardCharsets.UTF_8).split("&")) {
            int at = pair.indexOf('=');
            if (at > 0) {
                fields.put(pair.substring(0, at), URLDecoder.decode(pair.substring(at + 1), StandardCharsets.UTF_8));
            }
        }
        return fields;
    }

    private static String field(Map<String, String> form, String name, String otherwise) {
        String text = form.getOrDefault(name, "").replaceAll("\\s+", " ").strip();
        if (text.isEmpty() || text.length() > 60) {
            throw new Refused(otherwise + " One to sixty letters.");
        }
        return text;
    }

    private static LocalDate day(String text) {
        try {
            LocalDate day = LocalDate.parse(text == null ? "" : text);
            if (!day.isBefore(LocalDate.now()) && day.isBefore(LocalDate.now().plusYears(2))) {
                return day;
            }
        } catch (DateTimeParseException none) {
            // said below
        }
        throw new Refused("Choose the day on which it comes back, from today on.");
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text == null ? "" : text);
        } catch (NumberFormatException none) {
            throw new Refused("That loan is not in the list.");
        }
    }

    private static void redirect(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Location", "/");
        exchange.sendResponseHeaders(303, -1);
    }

    private static void send(HttpExchange exchange, int status, String kind, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", kind + "; charset=utf-8");
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
