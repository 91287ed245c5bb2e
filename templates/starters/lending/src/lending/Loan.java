package lending;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;

/** Something that somebody has. {@code back} is null while they have it. */
record Loan(long id, String thing, String who, LocalDate from, LocalDate until, LocalDate back) {
    boolean out() {
        return back == null;
    }

    /** Days until it comes back; below zero when it should have been back. */
    long left() {
        return ChronoUnit.DAYS.between(LocalDate.now(), until);
    }
}
