package lending;

/** What cannot be done; the message is for the person. */
final class Refused extends RuntimeException {
    Refused(String message) {
        super(message);
    }
}
