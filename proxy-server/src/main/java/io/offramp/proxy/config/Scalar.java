package io.offramp.proxy.config;

import io.offramp.proxy.net.HostPort;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The written form of one kind of value.
 *
 * @param expected for messages: {@code a duration such as 10s}
 * @param parser gives null for text of another kind, or throws IllegalArgumentException with a more precise message
 */
record Scalar<T>(String expected, Function<String, @Nullable T> parser) {
    static final Scalar<String> TEXT = new Scalar<>("a text", text -> text);
    static final Scalar<Boolean> BOOL = new Scalar<>("true or false", Scalar::bool);
    static final Scalar<HostPort> BIND = new Scalar<>("host:port", HostPort::parseBind);

    /** Units in falling order, each once at most: {@code 1h30m}. */
    private static final Pattern DURATION = Pattern.compile(
            "(?=\\d)(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m(?!s))?(?:(\\d{1,9})s)?(?:(\\d{1,9})ms)?");

    private static final ChronoUnit[] UNITS = {
        ChronoUnit.DAYS, ChronoUnit.HOURS, ChronoUnit.MINUTES, ChronoUnit.SECONDS, ChronoUnit.MILLIS
    };
    private static final Duration MOST = Duration.ofDays(36_500);
    private static final Pattern SIZE = Pattern.compile("(\\d{1,12}) ?(?:([kmgKMG])(?:i?[bB])?|[bB])?");

    /** Milliseconds to days, from {@code min} on, and to a length that fits into nanoseconds. */
    static Scalar<Duration> duration(Duration min) {
        return duration(min, MOST, MOST.toHours() + "h");
    }

    /** The same, with a bound of its own. */
    static Scalar<Duration> duration(Duration min, Duration max) {
        return duration(min, max, max.toSeconds() + "s");
    }

    private static Scalar<Duration> duration(Duration min, Duration max, String most) {
        return new Scalar<>("a duration such as 10s, 500ms or 1h30m", text -> {
            Duration duration = parseDuration(text);
            boolean inRange = duration == null || duration.compareTo(min) >= 0;
            require(inRange, "must be at least " + min.toMillis() + "ms, is " + text);
            boolean fits = duration == null || duration.compareTo(max) <= 0;
            require(fits, "must be at most " + most + ", is " + text);
            return duration;
        });
    }

    /** Bytes, with k, m and g as powers of 1024, in any of the forms k, K, kb, KB and KiB. */
    static Scalar<Long> size(long min, long max) {
        return new Scalar<>("a size in bytes such as 512, 64k or 1m", text -> {
            Matcher matcher = SIZE.matcher(text);
            if (!matcher.matches()) {
                return null;
            }
            long amount = Long.parseLong(matcher.group(1));
            int shift = shift(matcher.group(2));
            boolean inRange = amount <= max >> shift && amount << shift >= min;
            require(inRange, "must be " + sizeText(min) + " to " + sizeText(max) + ", is " + text);
            return amount << shift;
        });
    }

    static Scalar<Integer> number(int min, int max) {
        return new Scalar<>("a number", text -> {
            if (!text.matches("-?\\d{1,12}")) {
                return null;
            }
            long number = Long.parseLong(text);
            require(number >= min && number <= max, "must be " + min + " to " + max + ", is " + text);
            return (int) number;
        });
    }

    /** A part of a hundred, with its sign. */
    static Scalar<Integer> percent(int min, int max) {
        return new Scalar<>(
                "a percentage such as 10%",
                text -> {
                    if (!text.matches("\\d{1,9}%")) {
                        return null;
                    }
                    int number = Integer.parseInt(text.substring(0, text.length() - 1));
                    require(number >= min && number <= max, "must be " + min + "% to " + max + "%, is " + text);
                    return number;
                });
    }

    /** The constants of an enum, in lower case. */
    static <E extends Enum<E>> Scalar<E> choice(Class<E> type) {
        return choice(List.of(type.getEnumConstants()));
    }

    /** Some constants of an enum, in lower case. */
    static <E extends Enum<E>> Scalar<E> choice(List<E> constants) {
        String expected = constants.stream().map(Scalar::label).collect(Collectors.joining(" or "));
        return new Scalar<>(
                expected,
                text -> constants.stream()
                        .filter(each -> label(each).equals(text))
                        .findFirst()
                        .orElse(null));
    }

    /**
     * One of these names.
     *
     * @param kind for messages: {@code cipher}
     */
    static Scalar<String> known(String kind, List<String> names) {
        return new Scalar<>("the name of a " + kind, text -> {
            if (names.contains(text)) {
                return text;
            }
            throw new IllegalArgumentException("unknown " + kind + " \"" + text + "\"" + Suggestion.of(text, names));
        });
    }

    private static @Nullable Boolean bool(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> null;
        };
    }

    private static @Nullable Duration parseDuration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        Duration sum = Duration.ZERO;
        for (int i = 0; i < UNITS.length; i++) {
            String amount = matcher.group(i + 1);
            sum = amount == null ? sum : sum.plus(Long.parseLong(amount), UNITS[i]);
        }
        return sum;
    }

    private static int shift(@Nullable String unit) {
        return unit == null ? 0 : 10 * (1 + "kmg".indexOf(unit.toLowerCase(Locale.ROOT)));
    }

    private static String sizeText(long bytes) {
        for (String unit : new String[] {"g", "m", "k"}) {
            if (bytes != 0 && bytes % (1L << shift(unit)) == 0) {
                return (bytes >> shift(unit)) + unit;
            }
        }
        return Long.toString(bytes);
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
