package lending;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** All loans, in memory and in one file with a line for each. */
final class Loans {
    private static final int WEEK = 7;
    private final Path file;
    private final List<Loan> loans = new ArrayList<>();

    Loans(Path file) {
        this.file = file;
        try {
            if (Files.exists(file)) {
                for (String line : Files.readAllLines(file)) {
                    loans.add(read(line.split("\t", -1)));
                }
            } else {
                begin();
            }
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    /** What is out, the most urgent first; then what came back, the latest first. */
    synchronized List<Loan> all() {
        Comparator<Loan> order = Comparator.comparing(Loan::out).reversed();
        return loans.stream()
                .sorted(order.thenComparing((a, b) -> a.out() ? a.until().compareTo(b.until()) : b.back().compareTo(a.back())))
                .limit(200)
                .toList();
    }

    /** Names of everything that was ever lent. */
    synchronized TreeSet<String> things() {
        return loans.stream().map(Loan::thing).collect(Collectors.toCollection(TreeSet::new));
    }

    synchronized void lend(String thing, String who, LocalDate until) {
        if (loans.stream().anyMatch(loan -> loan.out() && loan.thing().equalsIgnoreCase(thing))) {
            throw new Refused("“" + thing + "” is out already.");
        }
        long id = loans.stream().mapToLong(Loan::id).max().orElse(0) + 1;
        loans.add(new Loan(id, thing, who, LocalDate.now(), until, null));
        save();
    }

    synchronized void back(long id) {
        replace(id, loan -> new Loan(loan.id(), loan.thing(), loan.who(), loan.from(), loan.until(), LocalDate.now()));
    }

    /** Another week from today, or from the day it was due. */
    synchronized void longer(long id) {
        replace(id, loan -> {
            LocalDate start = loan.left() < 0 ? LocalDate.now() : loan.until();
            return new Loan(loan.id(), loan.thing(), loan.who(), loan.from(), start.plusDays(WEEK), null);
        });
    }

    private void replace(long id, java.util.function.UnaryOperator<Loan> change) {
        for (int at = 0; at < loans.size(); at++) {
            if (loans.get(at).id() == id && loans.get(at).out()) {
                loans.set(at, change.apply(loans.get(at)));
                save();
                return;
            }
        }
        throw new Refused("That loan is not in the list any more.");
    }

    private void begin() {
        LocalDate today = LocalDate.now();
        loans.add(new Loan(1, "Cordless drill", "Birgit", today.minusDays(9), today.minusDays(2), null));
        loans.add(new Loan(2, "Belt sander", "Yusuf", today.minusDays(3), today, null));
        loans.add(new Loan(3, "Ladder, 4 m", "The Moreaus", today.minusDays(1), today.plusDays(3), null));
        loans.add(new Loan(4, "Wallpaper table", "Nadia", today, today.plusDays(12), null));
        loans.add(new Loan(5, "Pressure washer", "Piotr", today.minusDays(12), today.minusDays(5), today.minusDays(4)));
        loans.add(new Loan(6, "Tile cutter", "Birgit", today.minusDays(30), today.minusDays(23), today.minusDays(23)));
        save();
    }

    private static Loan read(String[] part) {
        LocalDate back = part[5].isEmpty() ? null : LocalDate.parse(part[5]);
        return new Loan(Long.parseLong(part[0]), part[1], part[2], LocalDate.parse(part[3]), LocalDate.parse(part[4]), back);
    }

    /** Written beside the file and moved over it: a crash leaves the old list or the new one. */
    private void save() {
        List<String> lines = new ArrayList<>();
        for (Loan loan : loans) {
            String back = loan.back() == null ? "" : loan.back().toString();
            lines.add(String.join("\t", String.valueOf(loan.id()), loan.thing(), loan.who(), loan.from().toString(), loan.until().toString(), back));
        }
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path part = file.resolveSibling(file.getFileName() + ".part");
            Files.write(part, lines);
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }
}
