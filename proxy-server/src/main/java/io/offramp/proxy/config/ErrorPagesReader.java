package io.offramp.proxy.config;

import io.offramp.proxy.reload.InputFile;
import io.offramp.proxy.rule.ErrorPages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code errors}: pages for answers with an error, with the content of their files. */
final class ErrorPagesReader {
    private static final int FIRST = 400;
    private static final int LAST = 599;
    private static final int MOST_BYTES = 256 << 10;

    private final Surroundings surroundings;
    /** One body, however many routes have the page. */
    private final Map<Path, ErrorPages.Page> pageByFile = new HashMap<>();

    ErrorPagesReader(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    ErrorPages read(@Nullable Value value) {
        Section section = value == null ? null : value.section("pages", "intercept");
        Value written = section == null ? null : section.require("pages", "files by status, such as {502: 502.html}");
        Map<String, Value> entries =
                written == null ? null : written.entries("a mapping of statuses to files, such as {502: 502.html}");
        if (section == null || entries == null) {
            return ErrorPages.NONE;
        }
        Map<Integer, ErrorPages.Page> pages = new HashMap<>();
        // One status comes before its class.
        entries.forEach((status, file) -> {
            if (status.matches("[45]xx")) {
                ErrorPages.Page page = page(file);
                int first = 100 * (status.charAt(0) - '0');
                for (int each = first; page != null && each < first + 100; each++) {
                    pages.put(each, page);
                }
            }
        });
        entries.forEach((status, file) -> {
            boolean one = status.matches("[45]\\d\\d");
            ErrorPages.Page page = one ? page(file) : null;
            if (page != null) {
                pages.put(Integer.valueOf(status), page);
            } else if (!one && !status.matches("[45]xx")) {
                file.error("expected a status from " + FIRST + " to " + LAST + ", 4xx or 5xx, is \"" + status + "\"");
            }
        });
        return new ErrorPages(pages, section.get("intercept", Scalar.BOOL, false));
    }

    private ErrorPages.@Nullable Page page(Value value) {
        Path file = value.as(surroundings.path());
        if (file == null) {
            return null;
        }
        ErrorPages.Page known = pageByFile.get(file);
        if (known != null) {
            return known;
        }
        try {
            byte[] body = InputFile.read(file, MOST_BYTES + 1);
            if (body.length > MOST_BYTES) {
                value.error(file + " has more than " + (MOST_BYTES >> 10) + "k");
                return null;
            }
            ErrorPages.Page page = new ErrorPages.Page(type(file.toString().toLowerCase(Locale.ROOT)), body);
            pageByFile.put(file, page);
            return page;
        } catch (IOException e) {
            value.error(String.valueOf(e.getMessage()));
            return null;
        }
    }

    private static String type(String file) {
        return switch (file.substring(file.lastIndexOf('.') + 1)) {
            case "html", "htm" -> "text/html; charset=utf-8";
            case "json" -> "application/json";
            case "xml" -> "application/xml";
            case "txt" -> "text/plain; charset=utf-8";
            default -> "application/octet-stream";
        };
    }
}
